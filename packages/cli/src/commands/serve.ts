import { jsonLog } from '../log/json-log.ts'
import { textLog } from '../log/text-log.ts'
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
  const log = settings.log === 'json' ? jsonLog(process.stderr) : textLog(screen, errors)
  const note = (text: string): void => {
    log.note(text)
    // A log for programs is beside what the command says, not instead of it.
    if (settings.log === 'json') screen.line(text)
  }
  const traffic = new TrafficLine(screen, () => describeTraffic(service.stats()))
  const service = new Service(routes, {
    ...settings,
    token,
    ...((settings.log !== 'json' || screen.isScreen) && { onTraffic: () => traffic.changed() }),
    onFailure: log.failure,
    ...(settings.accessLog === true && { onAccess: log.access }),
  })
  const signals = listenToStopSignals()
  let endReloads = (): void => {}
  const endSurvival = surviveErrors(new FailureLog(log.failure))
  try {
    const address = await service.listen()
    note(`Listening on ${address}`)
    greet(screen, address, routes)
    for (const warning of service.warnings) log.warn(`Warning: ${warning}`)
    if (!isLoopback(settings.host ?? 'localhost') && !settings.allowedHosts?.length) {
      log.warn('Note: clients reach it by IP address or localhost; other names need --allowed-host')
    }
    endReloads = onHangup(async () => {
      try {
        const reloaded = await readService(given)
        await service.reload(reloaded.routes)
        note(`Reloaded ${given.file ?? given.exec}`)
      } catch (error) {
        log.warn(`Cannot reload, all stays as it was: ${(error as Error).message}`)
      }
    })
    const name = await signals.first
    note(`Stopping (${name}): what came is answered, another signal aborts`)
    const complete = await service.stop({
      timeout: settings.closeTimeout ?? closeTimeoutDefault,
      signal: signals.second,
    })
    traffic.end()
    note(
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
  for (const { name, protocol } of routes) screen.line(`  POST ${protocol?.path ?? `/${name}`}`)
  const target = address.startsWith('unix:')
    ? `--unix-socket ${address.slice('unix:'.length)} http://localhost`
    : address
  const [{ name, protocol }] = routes as readonly [Route]
  screen.line(
    protocol === undefined
      ? `Try: curl -d 12 ${target}/${name}`
      : `Try: curl ${target}/openapi.json`,
  )
}
