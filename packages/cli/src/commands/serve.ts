import type { Route } from '../kinds/route.ts'
import { FailureLog } from '../server/failure-log.ts'
import { isLoopback } from '../server/known-hosts.ts'
import { Service } from '../server/service.ts'
import { Terminal } from '../terminal/terminal.ts'
import { describeTraffic, TrafficLine } from '../terminal/traffic-line.ts'
import { readToken } from './read-token.ts'
import { readServeArguments } from './serve-arguments.ts'
import { onHangup } from './on-hangup.ts'
import { readService } from './read-service.ts'
import { listenToStopSignals } from './stop-signals.ts'
import { surviveErrors } from './survive-errors.ts'

/** How long stopping may take before running batches are aborted, in milliseconds. */
const closeTimeoutDefault = 25_000

/** Runs `jitney serve` until a signal stops it; resolves to the exit code. */
export async function serve(argv: readonly string[]): Promise<number> {
  const given = readServeArguments(argv)
  const { routes, settings } = await readService(given)
  const token = await readToken(settings.tokenFile)
  const screen = new Terminal(process.stdout)
  const errors = process.stderr.isTTY ? screen : new Terminal(process.stderr)
  const traffic = new TrafficLine(screen, () => service.stats())
  const service = new Service(routes, {
    ...settings,
    token,
    onTraffic: () => traffic.changed(),
    onFailure: (text) => errors.line(text),
  })
  const signals = listenToStopSignals()
  let endReloads = (): void => {}
  const endSurvival = surviveErrors(new FailureLog((text) => errors.line(text)))
  try {
    const address = await service.listen()
    greet(screen, address, routes)
    for (const warning of service.warnings) errors.line(`Warning: ${warning}`)
    if (!isLoopback(settings.host ?? 'localhost') && !settings.allowedHosts?.length) {
      errors.line(
        'Note: clients reach it by IP address or localhost; other names need --allowed-host',
      )
    }
    endReloads = onHangup(async () => {
      try {
        const reloaded = await readService(given)
        await service.reload(reloaded.routes)
        screen.line(`Reloaded ${given.file}`)
      } catch (error) {
        errors.line(`Cannot reload, all stays as it was: ${(error as Error).message}`)
      }
    })
    const name = await signals.first
    screen.line(`Stopping (${name}): what came is answered, another signal aborts`)
    const complete = await service.stop({
      timeout: settings.closeTimeout ?? closeTimeoutDefault,
      signal: signals.second,
    })
    traffic.end()
    screen.line(
      `Stopped after ${describeTraffic(service.stats())}${complete ? '' : '; what was still running was aborted'}`,
    )
    return complete ? 0 : 1
  } finally {
    endReloads()
    endSurvival()
    signals.release()
  }
}

function greet(screen: Terminal, address: string, routes: readonly Route[]): void {
  screen.line(`Listening on ${address}`)
  for (const { name } of routes) screen.line(`  POST /${name}`)
  const target = address.startsWith('unix:')
    ? `--unix-socket ${address.slice('unix:'.length)} http://localhost`
    : address
  screen.line(`Try: curl -d 12 ${target}/${routes[0]!.name}`)
}
