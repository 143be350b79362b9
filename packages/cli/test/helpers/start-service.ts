import { onTestFinished } from 'vitest'
import { readRoutes } from '../../src/module/read-routes.ts'
import { Service } from '../../src/server/service.ts'
import type { ServiceOptions } from '../../src/server/service-options.ts'

export interface StartedService {
  readonly service: Service
  readonly url: string
  readonly port: number
  /** What it wrote to its log. */
  readonly failures: readonly string[]
}

/** Serves these exports of a module on a free port of loopback until the test ends. */
export async function startService(
  exports: Readonly<Record<string, unknown>>,
  options: ServiceOptions = {},
): Promise<StartedService> {
  const { service, failures } = createService(exports, options)
  const url = await service.listen()
  return { service, url, port: Number(new URL(url).port), failures }
}

/** The same without a socket, for `service.app.inject`. */
export function createService(
  exports: Readonly<Record<string, unknown>>,
  options: ServiceOptions = {},
): Pick<StartedService, 'service' | 'failures'> {
  const failures: string[] = []
  const routes = readRoutes('test.ts', exports)
  const onFailure = (text: string): void => void failures.push(text)
  const service = new Service(routes, { port: 0, onFailure, ...options })
  onTestFinished(async () => {
    await service.stop({ signal: AbortSignal.abort() })
  })
  return { service, failures }
}
