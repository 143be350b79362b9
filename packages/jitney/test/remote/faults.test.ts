/** Calls that fail, hang or only seem to fail, and workers that die, drawn from a seed. */
import fc from 'fast-check'
import {
  BatchWorker,
  memoryTransport,
  RemoteAbortedError,
  RemoteBatcher,
  type Transport,
  type TransportClient,
  type TransportWorker,
} from 'jitney/remote'
import { ManualClock } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

const lease = 3000
const retention = 600_000

/** How often what goes wrong, from 0 to 1. */
interface Odds {
  /** A call that did not happen. */
  readonly refused: number
  /** One that happened, and whose answer was lost. */
  readonly unanswered: number
  /** One that happened or not, and never ends. */
  readonly silent: number
  readonly killed: number
}

interface Plan {
  readonly seed: number
  readonly odds: Odds
  readonly items: number
  /** Numbers at which the batch function throws. */
  readonly poison: readonly number[]
  /** What stands in for the transport: broken ones show that the checks see something. */
  readonly through?: (transport: Transport) => Transport
}

/** What happened, as those outside the queue saw it. */
interface Ledger {
  readonly resolved: Map<number, unknown>
  readonly executed: Map<number, number>
  readonly dead: readonly number[]
  readonly remembered: number
  readonly poison: readonly number[]
  readonly items: number
}

const none: Odds = { refused: 0, unanswered: 0, silent: 0, killed: 0 }

async function run({ seed, odds, items, poison, through = (same) => same }: Plan): Promise<Ledger> {
  const random = generator(seed)
  const clock = new ManualClock()
  const memory = memoryTransport({ clock, retention })
  let current = odds
  const transport = through(withFaults(memory, () => current, random))
  const executed = new Map<number, number>()
  const resolved = new Map<number, unknown>()

  const batchFunction = async (numbers: number[]): Promise<number[]> => {
    for (const n of numbers) executed.set(n, (executed.get(n) ?? 0) + 1)
    await clock.sleep(10)
    if (numbers.some((n) => poison.includes(n))) throw new Error('poison')
    return numbers.map((n) => n * 2)
  }
  const newWorker = (): { worker: BatchWorker<number>; kill(): void } => {
    const { transport: dying, kill } = mortal(transport)
    const worker = new BatchWorker('numbers', batchFunction, {
      transport: dying,
      clock,
      lease,
      maxBatchSize: 8,
      concurrency: 2,
      maxDeliveries: 30,
      retry: { maxDelay: 100 },
    })
    return { worker, kill }
  }
  let workers = [newWorker(), newWorker()]
  const clients = [0, 1].map(
    () =>
      new RemoteBatcher<number, number>('numbers', {
        transport,
        clock,
        submitTimeout: 1000,
        // It could mask a loss.
        resubmitAfter: Infinity,
      }),
  )

  let next = 0
  for (let round = 0; next < items || round < 30; round += 1) {
    for (let count = random() * 20; count > 0 && next < items; count -= 1) {
      const n = next++
      const client = clients[n % clients.length]!
      client.process(n).then(
        (value) => resolved.set(n, value),
        (error: unknown) => resolved.set(n, error),
      )
    }
    await clock.advance(random() * 500)
    workers = workers.map((one) => {
      if (random() >= current.killed) return one
      one.kill()
      return newWorker()
    })
  }
  current = none
  for (let round = 0; round < 200 && resolved.size < items; round += 1) await clock.advance(lease)

  for (const client of clients) client.abort()
  await Promise.all([...clients, ...workers.map(({ worker }) => worker)].map(ended(clock)))
  // What hung for ever is forgotten by time alone.
  await clock.advance(retention * 2)
  const admin = memory.admin('numbers')
  const letters = await admin.deadLetters(1000)
  const { remembered } = await admin.stats()
  const decoder = new TextDecoder()
  const dead = letters.map(({ body }) => Number(decoder.decode(body.subarray(5))))
  return { resolved, executed, dead, remembered, poison, items }
}

function ended(clock: ManualClock): (one: { close(): Promise<void> }) => Promise<void> {
  return async (one) => {
    const closed = one.close()
    await clock.advance(10_000)
    await closed
  }
}

/** What should not have happened. */
function violationsOf({ resolved, executed, dead, remembered, poison, items }: Ledger): string[] {
  const violations: string[] = []
  for (let n = 0; n < items; n += 1) {
    const isPoison = poison.includes(n)
    const result = resolved.get(n)
    const isRight = isPoison
      ? (result as { code?: string } | undefined)?.code === 'JITNEY_REMOTE_GIVEN_UP'
      : result === n * 2
    // In the end all are aborted who still wait.
    if (result instanceof RemoteAbortedError) violations.push('unsettled')
    else if (!isRight) violations.push(`wrong: ${String(result)}`)
    if (!executed.has(n)) violations.push('not executed')
  }
  const sorted = (numbers: readonly number[]): string => [...numbers].sort((a, b) => a - b).join()
  if (sorted(dead) !== sorted(poison)) violations.push('dead letters')
  if (remembered > 0) violations.push('not forgotten')
  return violations
}

/** A call goes through, or goes wrong in one of three ways. */
function withFaults(transport: Transport, odds: () => Odds, random: () => number): Transport {
  const faulty =
    <Values extends unknown[], Value>(call: (...values: Values) => Promise<Value>) =>
    async (...values: Values): Promise<Value> => {
      const { refused, unanswered, silent } = odds()
      const lot = random()
      if (lot < refused) throw new Error('refused')
      if (lot < refused + unanswered) {
        await call(...values)
        throw new Error('the answer was lost')
      }
      if (lot < refused + unanswered + silent) {
        if (random() < 0.5) await call(...values)
        return new Promise(() => {})
      }
      return call(...values)
    }
  const all = <Link extends object>(link: Link, ...names: (keyof Link)[]): Link => {
    const changed = names.map((name) => [name, faulty(link[name] as never)])
    return { ...link, ...(Object.fromEntries(changed) as Partial<Link>) }
  }
  return {
    ...transport,
    client: (queue, name) => {
      const link: TransportClient = transport.client(queue, name)
      // Replies that were given come again after a call that failed: a new link has seen none.
      const replies: TransportClient['replies'] = async (options) => {
        if (random() < odds().refused) throw new Error('refused')
        if (random() < odds().unanswered) {
          return transport.client(queue, name).replies({ ...options, wait: 0 })
        }
        return link.replies(options)
      }
      return { ...all(link, 'submit', 'cancel'), replies }
    },
    worker: (queue, name, options) => {
      const link: TransportWorker = transport.worker(queue, name, options)
      return all(link, 'claim', 'takeOver', 'complete', 'heartbeat', 'release')
    },
  }
}

/** A worker that dies is not heard of any more. */
function mortal(transport: Transport): { transport: Transport; kill(): void } {
  let isDead = false
  return {
    kill: () => {
      isDead = true
    },
    transport: {
      ...transport,
      worker: (queue, name, options) => {
        const link = transport.worker(queue, name, options)
        const calls = Object.entries(link).map(([key, call]) => [
          key,
          (...values: never[]): Promise<unknown> =>
            isDead
              ? new Promise(() => {})
              : (call as (...all: never[]) => Promise<unknown>)(...values),
        ])
        return Object.fromEntries(calls) as TransportWorker
      },
    },
  }
}

/** Numbers from 0 to 1 (Mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('a queue among faults', () => {
  it('settles each call once and rightly, loses nothing and keeps nothing', async () => {
    const odds = fc.record({
      refused: fc.double({ min: 0, max: 0.3, noNaN: true }),
      unanswered: fc.double({ min: 0, max: 0.3, noNaN: true }),
      silent: fc.double({ min: 0, max: 0.05, noNaN: true }),
      killed: fc.double({ min: 0, max: 0.05, noNaN: true }),
    })
    await fc.assert(
      fc.asyncProperty(fc.integer(), odds, async (seed, drawn) => {
        const ledger = await run({ seed, odds: drawn, items: 120, poison: [17, 66] })
        expect(violationsOf(ledger)).toEqual([])
      }),
      { numRuns: Number(process.env['FAULT_RUNS'] ?? 25) },
    )
  }, 120_000)

  it('executes nothing twice where only answers are lost', async () => {
    const odds = { ...none, unanswered: 0.4 }
    const ledger = await run({ seed: 1, odds, items: 200, poison: [] })
    expect(violationsOf(ledger)).toEqual([])
    expect(Math.max(...ledger.executed.values())).toBe(1)
  })
})

describe('the checks of a fault run', () => {
  it('see items that run twice when ids are not told apart', async () => {
    const odds = { ...none, unanswered: 0.4 }
    let calls = 0
    const through = (transport: Transport): Transport => ({
      ...transport,
      client: (queue, name) => {
        const link = transport.client(queue, name)
        return {
          ...link,
          submit: (items, settled) => {
            // The same item under another id.
            const other = transport.client(queue, `${name}-${(calls += 1)}`)
            return items.length === 0 ? link.submit(items, settled) : other.submit(items, [])
          },
        }
      },
    })
    const { executed } = await run({ seed: 1, odds, items: 100, poison: [], through })
    expect(Math.max(...executed.values())).toBeGreaterThan(1)
  })

  it('see items that are lost when they are ended before they are done', async () => {
    const through = (transport: Transport): Transport => ({
      ...transport,
      worker: (queue, name, options) => {
        const link = transport.worker(queue, name, options)
        return {
          ...link,
          claim: async (credit, wait) => {
            const claims = await link.claim(credit, wait)
            const body = Uint8Array.of(1, 0)
            await link.complete(claims.map(({ token }) => ({ kind: 'reply', token, body })))
            return claims
          },
        }
      },
    })
    const ledger = await run({ seed: 1, odds: none, items: 50, poison: [], through })
    expect(violationsOf(ledger)).toContain('wrong: undefined')
  })

  it('see replies that are lost', async () => {
    const through = (transport: Transport): Transport => ({
      ...transport,
      client: (queue, name) => {
        const link = transport.client(queue, name)
        return { ...link, replies: async (options) => (await link.replies(options)).slice(1) }
      },
    })
    const ledger = await run({ seed: 1, odds: none, items: 50, poison: [], through })
    expect(violationsOf(ledger)).toContain('unsettled')
  })
})
