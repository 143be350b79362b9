/**
 * Puts `jitney serve` under mixed load for so many seconds (120, or what the first argument says):
 * items, streams, deadlines, priorities, tenants, disconnects in every phase, batch functions that
 * throw, hang and return nonsense, threads and processes that die, a server behind two routes that is
 * killed every second, configurations reloaded meanwhile, and SIGTERM in the middle of it.
 * Holds that every request is answered with the right answer or a typed error, that no item is
 * processed twice, that memory is flat, that no handle is left and that it ends with 0.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { callers } from './serve-fault-run/callers.ts'
import { Client } from './serve-fault-run/client.ts'
import { ServiceUnderTest } from './serve-fault-run/service.ts'
import { Upstream } from './serve-fault-run/upstream.ts'

const seconds = Number(process.argv[2] ?? 120)
/** The first warms up, the others must hold no more. */
const phases = 4
const mostGrowth = 8_000_000
const patience = 20_000

interface Audit {
  readonly twice: number
  readonly heap: number
  readonly resources: readonly string[]
}

const folder = mkdtempSync(join(tmpdir(), 'jitney-fault-run-'))
const upstream = await Upstream.start()
const service = new ServiceUnderTest(folder, upstream.port)
const listening = await service.says(/^Listening on /)
const client = new Client(Number(new URL(listening.split(' ').at(-1)!).port))
const outcomes = new Map<string, number>()
const faults: string[] = []
let termination = Infinity

function count(outcome: string): void {
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
}

/** Asks again and again until the time is up, or nobody is there any more. */
async function keepCalling(name: string, end: number): Promise<void> {
  const caller = callers.get(name)![1]
  while (performance.now() < end) {
    const since = performance.now()
    try {
      const outcome = await Promise.race([caller(client), setTimeout(patience, 'hung')])
      count(`${name}: ${outcome}`)
      if (outcome === 'hung') faults.push(`${name} was not answered in ${patience} ms`)
      if (outcome.includes('JITNEY_CLOSING') && performance.now() < termination) {
        faults.push(`${name} was refused while the service ran: ${outcome}`)
      }
    } catch (error) {
      const { code, message, sentAt = since } = error as NodeJS.ErrnoException & { sentAt?: number }
      // It was told to stop before this request was made.
      const isGone = sentAt >= termination && code !== undefined
      count(`${name}: ${isGone ? 'found nobody' : 'FAULT'}`)
      const early = Math.round(termination - sentAt)
      if (!isGone) faults.push(`${name}: ${code ?? ''} ${message} (${early} ms before SIGTERM)`)
      else await setTimeout(10)
    }
  }
}

async function keepReloading(end: number): Promise<void> {
  while (performance.now() < end) {
    await service.reload()
    count('reloads')
    await setTimeout(100)
  }
}

function load(duration: number): Promise<unknown> {
  const end = performance.now() + duration
  const calling = [...callers].flatMap(([name, [copies]]) =>
    Array.from({ length: copies }, () => keepCalling(name, end)),
  )
  return Promise.all([...calling, upstream.keepDying(end)])
}

/**
 * What it holds once everybody has gone: connections take a moment to close, and what died a moment to
 * be there again.
 *
 * @param most how many resources it should hold.
 */
async function audit(most = Infinity): Promise<Audit> {
  client.close()
  for (let attempt = 0; ; attempt++) {
    const held = JSON.parse((await client.post('/audit', '1')).body) as Audit
    if (attempt === 100 || held.resources.length <= most) return held
    await setTimeout(100)
  }
}

const phase = (seconds * 1000) / phases
const before = await audit()
const audits: Audit[] = []
for (let number = 1; number < phases; number++) {
  const reloading = keepReloading(performance.now() + phase)
  await Promise.all([load(phase), reloading])
  audits.push(await audit(before.resources.length))
}
const loading = load(phase)
await setTimeout(phase / 2)
termination = performance.now()
service.child.kill('SIGTERM')
const [code] = await service.exit
await loading
client.close()
await upstream.stop()
rmSync(folder, { recursive: true })

const [first, final] = [audits[0]!, audits.at(-1)!]
const growth = final.heap - first.heap
if (growth > mostGrowth) faults.push(`The heap grew by ${growth} bytes`)
if (final.resources.length > before.resources.length + 1) {
  faults.push(
    `Handles are left: ${final.resources.join(', ')}; before: ${before.resources.join(', ')}`,
  )
}
const twice = final.twice + upstream.twice
if (twice > 0) faults.push(`${twice} items were processed twice`)
if (upstream.kills === 0) faults.push('The upstream was never killed')
if (code !== 0) faults.push(`It ended with ${code}: ${service.lines.slice(-5).join('\n')}`)
const ownFailure = service.lines.find((line) => /^The (service|server) failed/.test(line))
if (ownFailure !== undefined) faults.push(ownFailure)
for (const name of callers.keys()) {
  if (![...outcomes.keys()].some((outcome) => outcome.startsWith(`${name}: `))) {
    faults.push(`Nobody was ${name}`)
  }
}
for (const name of ['plain', 'moody', 'threads', 'program', 'upstream', 'once']) {
  if (!outcomes.has(`${name}: 200`)) faults.push(`Nobody was served: ${name}`)
}

const rows = [...outcomes].sort(([left], [right]) => left.localeCompare(right))
rows.push(['kills of the upstream', upstream.kills])
for (const [outcome, times] of rows) console.log(`${times}`.padStart(8), outcome)
const heaps = audits.map(({ heap }) => `${(heap / 1e6).toFixed(1)} MB`).join(', ')
console.log(`Heap after a collection: ${heaps}; exit code ${code}; ${faults.length} faults`)
for (const fault of faults.slice(0, 20)) console.log(`FAULT ${fault}`)
process.exit(faults.length === 0 ? 0 : 1)
