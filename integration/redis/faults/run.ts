/**
 * Real clients and workers over a real Redis, which are killed, stopped, cut off and replaced while they
 * work; then what each wrote down is compared. Options: --items, --seed, --control.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, existsSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'

import { redisTransport } from 'jitney/redis'
import { createClient } from 'redis'

import { startRedis } from '../redis-server.ts'
import { lease, queue } from './item.ts'
import { startProxy } from './proxy.ts'

const throwing = 5000
const killing = 20_000

/** What is broken on purpose, to see that a run notices. */
export const controls = ['no file', 'early answers', 'no dedupe'] as const
export type Control = (typeof controls)[number]

export interface FaultSettings {
  readonly items: number
  readonly seed: number
  /** Which faults, in this order; all of them in any order by default. */
  readonly plan?: readonly string[] | undefined
  readonly control?: Control | undefined
  readonly note?: ((text: string) => void) | undefined
}

/** Most items that a worker holds: what may run twice after a fault. */
const heldByWorker = 150

export interface FaultRun {
  readonly items: number
  readonly seed: number
  /** Lines that say what is wrong; none if all is well. */
  readonly problems: readonly string[]
  readonly told: Readonly<Record<string, number>>
}

/** A generator of numbers from 0 to below 1: mulberry32. */
function randomBy(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export async function runFaults({
  items,
  seed,
  plan: given,
  control,
  note = () => {},
}: FaultSettings): Promise<FaultRun> {
  const random = randomBy(seed)
  // Of what was lost on purpose, nobody ever hears.
  const patience = control === undefined ? 240_000 : 10_000
  const folder = mkdtempSync(join(tmpdir(), 'jitney-faults-'))
  await using server = await startRedis({
    appendfsync: 'always',
    appendonly: control === 'no file' ? 'no' : 'yes',
  })
  await using proxy = await startProxy(server.port)
  const start = (file: string, ...parameters: (string | number)[]): ChildProcess =>
    fork(join(import.meta.dirname, file), parameters.map(String), { execArgv: ['--import=tsx'] })
  const executed = join(folder, 'executed')
  const resolved = join(folder, 'resolved')

  const workers: ChildProcess[] = []
  let isOver = false
  /** A worker that died is replaced, as whoever runs them does. */
  const employ = (place: number): void => {
    const worker = start('worker.ts', proxy.port, executed, control ?? '')
    workers[place] = worker
    worker.once('exit', () => {
      if (!isOver) employ(place)
    })
  }
  for (const place of [0, 1, 2]) employ(place)
  const share = Math.ceil(items / 2)
  const names = ['ada', 'bob', 'mortal'] as const
  const clients = names.map((name) =>
    start('client.ts', proxy.port, resolved, name, share, 100, throwing, killing, control ?? ''),
  )
  const living = Promise.all(clients.slice(0, 2).map((client) => once(client, 'exit')))

  const faults: Record<string, () => Promise<void>> = {
    'worker killed': async () => {
      workers[Math.floor(random() * 3)]?.kill('SIGKILL')
    },
    'worker stopped past its lease': async () => {
      const worker = workers[Math.floor(random() * 3)]
      worker?.kill('SIGSTOP')
      await sleep(lease * 1.5)
      worker?.kill('SIGCONT')
    },
    'server killed': async () => {
      await server.stop('SIGKILL')
      await sleep(random() * 300)
      await server.start()
    },
    'connections cut': async () => proxy.cut(),
    'requests swallowed': async () => {
      proxy.swallow('requests')
      await sleep(500)
      proxy.swallow(undefined)
    },
    'answers swallowed': async () => {
      proxy.swallow('answers')
      await sleep(500)
      proxy.swallow(undefined)
    },
    'workers replaced': async () => {
      for (const worker of Array.from(workers)) {
        // Poison may have killed it meanwhile: then another is there already.
        if (worker.exitCode !== null || worker.signalCode !== null) continue
        worker.kill('SIGTERM')
        await once(worker, 'exit')
      }
    },
  }
  const all = [
    ...Object.keys(faults),
    ...Array<string>(3).fill('server killed'),
    'workers replaced',
    'worker killed',
    'worker killed',
  ]
  const plan = [...(given ?? all.toSorted(() => random() - 0.5))].toReversed()
  // Mid-way, with items on their way in each direction.
  while (linesOf(resolved).filter((line) => line.startsWith('mortal')).length < 200) await sleep(50)
  clients[2]?.kill('SIGKILL')
  const told: Record<string, number> = {}
  while (plan.length > 0) {
    await sleep(300 + random() * 700)
    const name = plan.pop() as string
    note(`${name}, with ${linesOf(resolved).length} resolved`)
    await faults[name]!()
    told[name] = (told[name] ?? 0) + 1
  }
  note('no more faults')
  const impatient = setTimeout(() => {
    for (const client of clients) client.kill('SIGKILL')
  }, patience)
  await living
  clearTimeout(impatient)

  const client = await createClient({ url: server.url }).connect()
  const admin = redisTransport(client).admin(queue)
  // What the client that was killed had handed over is still to be done.
  for (let waits = 0; waits < 100; waits += 1) {
    const { queued, delayed, active } = await admin.stats()
    if (queued + delayed + active === 0) break
    await sleep(100)
  }
  const stats = await admin.stats()
  const dead = await admin.deadLetters(1000)
  isOver = true
  for (const worker of workers) worker.kill('SIGTERM')
  await Promise.all(
    workers
      .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .map((worker) => once(worker, 'exit')),
  )
  await admin.close()
  client.destroy()

  const problems = compare(
    executed,
    resolved,
    share,
    dead.map(({ body }) => Buffer.from(body).toString()),
  )
  for (const field of ['queued', 'delayed', 'active'] as const) {
    if (stats[field] !== 0) problems.push(`${stats[field]} items are left: ${field}`)
  }
  const runs = linesOf(executed)
  const repeated = runs.length - new Set(runs.map((line) => line.split(' ', 2).join(' '))).size
  const happened = Object.values(told).reduce((sum, count) => sum + count, 0)
  if (repeated > happened * 3 * heldByWorker) {
    problems.push(`${repeated} items ran more than once, after ${happened} faults`)
  }
  rmSync(folder, { recursive: true })
  return {
    items: share * 2,
    seed,
    problems,
    told: { ...told, 'dead letters': dead.length, executions: runs.length, repeated },
  }
}

function linesOf(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
}

function compare(
  executed: string,
  resolved: string,
  share: number,
  dead: readonly string[],
): string[] {
  const problems: string[] = []
  const runs = new Map<string, number>()
  for (const line of linesOf(executed)) {
    const [client, n] = line.split(' ')
    const id = `${client} ${n}`
    runs.set(id, (runs.get(id) ?? 0) + 1)
  }
  const outcomes = new Map<string, string[]>()
  for (const line of linesOf(resolved)) {
    const [client, n, ...rest] = line.split(' ')
    const id = `${client} ${n}`
    outcomes.set(id, [...(outcomes.get(id) ?? []), rest.join(' ')])
  }
  const tell = (problem: string): void => {
    if (problems.length < 20) problems.push(problem)
  }
  for (const client of ['ada', 'bob']) {
    for (let n = 0; n < share; n += 1) {
      const id = `${client} ${n}`
      const said = outcomes.get(id) ?? []
      const isPoison = n % killing === 1 || n % throwing === 2
      if (said.length !== 1) tell(`${id} was resolved ${said.length} times: ${said.join(', ')}`)
      else if (isPoison) {
        if (said[0] !== 'JITNEY_REMOTE_GIVEN_UP') tell(`${id} is poison, and ended with ${said[0]}`)
        if (!dead.some((body) => body.includes(`"client":"${client}","n":${n},`))) {
          tell(`${id} is no dead letter`)
        }
      } else if (said[0] !== `ok ${n * 2}`) tell(`${id} ended with ${said[0]}`)
      else if (!runs.has(id)) tell(`${id} was never executed`)
    }
  }
  return problems
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      items: { type: 'string', default: '60000' },
      seed: { type: 'string', default: String(Date.now() % 1e9) },
      control: { type: 'string' },
    },
  })
  const control = controls.find((each) => each === values.control)
  if (values.control !== undefined && control === undefined) {
    throw new RangeError(`--control must be one of ${controls.join(', ')}`)
  }
  const since = performance.now()
  const note = (text: string): void => {
    console.log(`${((performance.now() - since) / 1000).toFixed(1).padStart(6)} s  ${text}`)
  }
  console.log(`seed ${values.seed}`)
  const run = await runFaults({
    items: Number(values.items),
    seed: Number(values.seed),
    control,
    note,
  })
  console.log(run)
  // A control that nothing came of says that the checks are blind.
  if (run.problems.length > 0 !== (control !== undefined)) process.exitCode = 1
}
