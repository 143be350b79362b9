/** The suite itself: it has to see what a transport does wrong. */
import {
  memoryTransport,
  type Transport,
  type TransportClient,
  type TransportWorker,
} from 'jitney/remote'
import { ConformanceError, ManualClock, settle, transportConformance } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

interface Change {
  client?(link: TransportClient, transport: Transport, name: string): Partial<TransportClient>
  worker?(link: TransportWorker, transport: Transport, name: string): Partial<TransportWorker>
}

function changed(transport: Transport, { client, worker }: Change): Transport {
  return {
    ...transport,
    client: (queue, name) => {
      const link = transport.client(queue, name)
      return { ...link, ...client?.(link, transport, name) }
    },
    worker: (queue, name, options) => {
      const link = transport.worker(queue, name, options)
      return { ...link, ...worker?.(link, transport, name) }
    },
  }
}

/** Names of the cases that see it. */
async function failuresOf(change: Change): Promise<string[]> {
  const cases = transportConformance({
    lease: 30_000,
    start: (bounds) => {
      const clock = new ManualClock()
      const transport = changed(memoryTransport({ ...bounds, clock }), change)
      return { transport, advance: (duration) => clock.advance(duration), end: () => {} }
    },
  })
  const failures: string[] = []
  for (const { name, run } of cases) {
    try {
      await Promise.race([run(), stuck()])
    } catch (error) {
      if (!(error instanceof ConformanceError)) throw error
      failures.push(name)
    }
  }
  return failures
}

/** No case needs so many turns: it waits for what does not come. */
async function stuck(): Promise<never> {
  for (let turns = 0; turns < 200; turns += 1) await settle()
  throw new ConformanceError('It waits for ever')
}

let others = 0

const wrong: readonly (readonly [what: string, sees: string, change: Change])[] = [
  [
    'tells no ids apart',
    'adds an id once, whatever becomes of it',
    {
      client: (link, transport, name) => ({
        submit: (items, settled) =>
          items.length === 0
            ? link.submit(items, settled)
            : transport.client('queue', `${name}-${(others += 1)}`).submit(items, settled),
      }),
    },
  ],
  [
    'knows no bound',
    'refuses what is over the bound, and knows nothing of it',
    {
      client: (link) => ({
        submit: async (items, settled) =>
          (await link.submit(items, settled)).map(() => 'accepted' as const),
      }),
    },
  ],
  [
    'cuts bodies short',
    'keeps any bytes',
    {
      client: (link) => ({
        submit: (items, settled) =>
          link.submit(
            items.map((item) => ({ ...item, body: item.body.subarray(0, 100) })),
            settled,
          ),
      }),
    },
  ],
  [
    'knows no priorities',
    'hands out by priority',
    {
      client: (link) => ({
        submit: (items, settled) =>
          link.submit(
            items.map((item) => ({ ...item, priority: 0 })),
            settled,
          ),
      }),
    },
  ],
  [
    'gives more than the credit',
    'gives no more than the credit',
    { worker: (link) => ({ claim: (_credit, options) => link.claim(1000, options) }) },
  ],
  [
    'takes nothing over',
    'takes over after one lease, and not before',
    { worker: () => ({ takeOver: async () => [] }) },
  ],
  [
    'takes over without looking at groups',
    'takes over in groups of equal crashes',
    { worker: (link) => ({ takeOver: () => link.takeOver([1000]) }) },
  ],
  [
    'does not hear a worker that speaks',
    'keeps what its worker speaks of',
    { worker: () => ({ heartbeat: async () => [] }) },
  ],
  [
    'counts each completion',
    'counts whoever is first, and gives one reply',
    {
      worker: (link) => ({
        complete: async (completions) => (await link.complete(completions)).map(() => true),
      }),
    },
  ],
  [
    'knows no delay',
    'queues again after the delay',
    {
      worker: (link) => ({
        complete: (completions) =>
          link.complete(
            completions.map((one) => (one.kind === 'retry' ? { ...one, delay: 0 } : one)),
          ),
      }),
    },
  ],
  [
    'keeps what is released',
    'takes back what is released, ahead of others',
    { worker: () => ({ release: async () => {} }) },
  ],
  [
    'forgets nothing',
    'forgets what is settled',
    { client: (link) => ({ submit: (items) => link.submit(items, []) }) },
  ],
  [
    'cancels nothing',
    'takes back what nobody holds',
    { client: () => ({ cancel: async () => [] }) },
  ],
  [
    'gives all replies at each call',
    'counts whoever is first, and gives one reply',
    {
      client: (_link, transport, name) => ({
        replies: (options) => transport.client('queue', name).replies(options),
      }),
    },
  ],
]

describe('transportConformance()', () => {
  it.each(wrong)('sees a transport that %s', async (_what, sees, change) => {
    expect(await failuresOf(change)).toContain(sees)
  })

  it('refuses a subject that is none', () => {
    const start = (): never => {
      throw new Error('not called')
    }
    for (const subject of [{}, { start }, { start, lease: 0 }, { start, lease: 1, more: 2 }]) {
      expect(() => transportConformance(subject as never)).toThrow(/Cannot create conformance/)
    }
  })
})
