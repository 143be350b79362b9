import { ChangingLog } from '../log/changing-log.ts'
import type { AccessEntry } from '../log/access-entry.ts'
import type { Route } from '../kinds/route.ts'
import { FailureLog } from '../server/failure-log.ts'
import { isLoopback } from '../server/known-hosts.ts'
import { Service } from '../server/service.ts'
import { Terminal } from '../terminal/terminal.ts'
import { describeTraffic, TrafficLine } from '../terminal/traffic-line.ts'
import { readToken } from './read-token.ts'
import { readServeArguments, type ServiceFlags } from './serve-arguments.ts'
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
  const log = new ChangingLog(screen)
  log.use(settings.log)
  const traffic = new TrafficLine(screen, () => describeTraffic(service.stats()))
  const service = new Service(routes, {
    ...settings,
    token,
    onTraffic: () => {
      if (log.isWatched) traffic.changed()
    },
    onFailure: log.failure,
    onAccess: accessOf(settings, log),
  })
  const signals = listenToStopSignals()
  let endReloads = (): void => {}
  const endSurvival = surviveErrors(new FailureLog(log.failure))
  try {
    const address = await service.listen()
    log.note(`Listening on ${address}`)
    greet(screen, address, routes)
    for (const warning of service.warnings) log.warn(`Warning: ${warning}`)
    if (!isLoopback(settings.host ?? 'localhost') && !settings.allowedHosts?.length) {
      log.warn('Note: clients reach it by IP address or localhost; other names need --allowed-host')
    }
    endReloads = onHangup(async () => {
      try {
        const reloaded = await readService(given)
        await service.reload(reloaded.routes)
        log.use(reloaded.settings.log)
        service.onAccess = accessOf(reloaded.settings, log)
        log.note(`Reloaded ${given.file ?? given.exec}`)
      } catch (error) {
        log.warn(`Cannot reload, all stays as it was: ${(error as Error).message}`)
      }
    })
    const name = await signals.first
    log.note(`Stopping (${name}): what came is answered, another signal aborts`)
    const complete = await service.stop({
      timeout: settings.closeTimeout ?? closeTimeoutDefault,
      signal: signals.second,
    })
    traffic.end()
    log.note(
      `Stopped after ${describeTraffic(service.stats())}${complete ? '' : '; what was still running was aborted'}`,
    )
    return complete ? 0 : 1
  } finally {
    endReloads()
    endSurvival()
    signals.release()
  }
}

/** Who hears of each request, if anybody. */
function accessOf(
  { accessLog }: ServiceFlags,
  log: ChangingLog,
): ((entry: AccessEntry) => void) | undefined {
  return accessLog === true ? log.access : undefined
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
