import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createRoutes, readConfig } from '../../src/config/read-config.ts'
import type { Route } from '../../src/kinds/route.ts'
import { Service } from '../../src/server/service.ts'
import type { ServiceOptions } from '../../src/server/service-options.ts'
import type { StartedService } from './start-service.ts'

/** The routes of a configuration; relative paths start from a new, empty folder, which is given too. */
export async function routesOf(
  routes: object,
): Promise<{ readonly routes: readonly Route[]; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'jitney-kinds-'))
  const path = join(folder, 'jitney.config.json')
  await writeFile(path, JSON.stringify({ routes }))
  return { routes: await createRoutes(path, await readConfig(path)), folder }
}

/** Serves the routes of a configuration on a free port of loopback until the test ends. */
export async function startConfig(
  routes: object,
  options: ServiceOptions = {},
): Promise<StartedService> {
  return startRoutes((await routesOf(routes)).routes, options)
}

/** The same for routes. */
export async function startRoutes(
  routes: readonly Route[],
  options: ServiceOptions = {},
): Promise<StartedService> {
  const failures: string[] = []
  const onFailure = (text: string): void => void failures.push(text)
  const service = new Service(routes, { port: 0, onFailure, ...options })
  onTestFinished(async () => {
    await service.stop({ signal: AbortSignal.abort() })
  })
  const url = await service.listen()
  return { service, url, port: Number(new URL(url).port), failures }
}

/** Sends one item as JSON. */
export async function post(
  url: string,
  item: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(item), headers })
  const text = await response.text()
  const body: unknown = text === '' ? undefined : JSON.parse(text)
  return { status: response.status, headers: response.headers, body }
}
