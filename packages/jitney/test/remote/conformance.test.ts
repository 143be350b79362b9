import { outcome } from 'jitney'
import { BatchWorker, memoryTransport, RemoteBatcher, type Transport } from 'jitney/remote'
import { conformance, deferred } from 'jitney/testing'
import { describe, it } from 'vitest'

type Item = number | string

const asked = new WeakSet<Transport>()

function workOn(transport: Transport): BatchWorker<Item> {
  return new BatchWorker<Item>(
    'items',
    (items, { entries }) =>
      items.map((item, index) => {
        if (item === 'slow') return deferred<number>().promise
        if (item === 'later' && !asked.has(transport)) {
          asked.add(transport)
          return outcome.retry()
        }
        if (item === 'later') return 7
        if (item === -1) return new RangeError(`negative: ${entries[index]?.id}`)
        return Number(item) ** 2
      }),
    // A second slot: a batch that runs is not told that its callers left.
    { transport, retry: { minDelay: 0 }, concurrency: 2 },
  )
}

describe('RemoteBatcher, with a worker', () => {
  const cases = conformance<Item, number>({
    start: () => {
      const transport = memoryTransport()
      const processor = new RemoteBatcher<Item, number>('items', { transport, maxItemBytes: 100 })
      let worker = workOn(transport)
      return {
        processor,
        stopServer: () => worker.close(),
        startServer: () => {
          worker = workOn(transport)
        },
        end: async () => {
          processor.abort()
          worker.abort()
          await processor.close()
          await worker.close()
        },
      }
    },
    item: (n) => n,
    result: (n) => n * n,
    failingItem: -1,
    oversizeItem: 'x'.repeat(200),
    missing: 'not applicable',
    unprocessed: { item: 'later', result: 7 },
    shuffled: 'not applicable',
    outage: 'waits',
    slowItem: 'slow',
  })
  // oxlint-disable-next-line vitest/expect-expect -- each case expects by itself
  it.each(cases)('$name', ({ run }) => run())
})
