/**
 * A use of the core that every runtime must get right, browsers included: what `conformance` asks of a
 * batcher, and a case for each part of the core. Plain JavaScript, of the built package.
 */
import {
  asCompleted,
  Batcher,
  BatchError,
  BatchTimeoutError,
  Channel,
  limit,
  map,
  mapIterable,
  outcome,
  RateLimiter,
  Semaphore,
  taskGroup,
  wait,
} from 'jitney'
import { conformance, deferred, ManualClock, manualBatches, settle } from 'jitney/testing'

const squares = (options) => {
  const asked = new Set()
  return new Batcher(
    async (numbers, { entries }) => {
      if (numbers.includes('slow')) {
        const { signal } = entries[numbers.indexOf('slow')]
        await new Promise((resolve) => signal.addEventListener('abort', resolve))
      }
      return numbers.map((n) => {
        if (n === 'later' && !asked.has(n)) return asked.add(n) && outcome.retry()
        if (n === 'later') return 7
        return n < 0 ? outcome.error(new RangeError('negative')) : n * n
      })
    },
    { weight: { of: (n) => (n === 'large' ? 1000 : 1), max: 100 }, ...options },
  )
}

const cases = conformance({
  start: () => {
    const processor = squares({ retry: { attempts: 3, minDelay: 0 } })
    return { processor, end: () => processor.abort() }
  },
  item: (n) => n,
  result: (n) => n * n,
  failingItem: -1,
  oversizeItem: 'large',
  missing: 'not applicable',
  unprocessed: { item: 'later', result: 7 },
  shuffled: 'not applicable',
  outage: 'not applicable',
  slowItem: 'slow',
}).map(({ name, run }) => ({ name: `a batcher ${name}`, run }))

const parts = {
  'a batch leaves at the end of the turn, with all that came in it': async () => {
    const batches = manualBatches()
    const batcher = new Batcher(batches.batchFunction)
    const first = batcher.process(1)
    await Promise.resolve()
    const second = batcher.process(2)
    await settle()
    equal(batches.items, [[1, 2]])
    batches.calls[0].resolve(['a', 'b'])
    equal(await Promise.all([first, second]), ['a', 'b'])
  },
  'a window, a failure and another attempt pass on a clock of ours': async () => {
    const clock = new ManualClock()
    const batches = manualBatches()
    const retry = { attempts: 2, minDelay: 100 }
    const batcher = new Batcher(batches.batchFunction, { clock, maxQueueTime: 50, retry })
    const result = batcher.process(1)
    await clock.advance(49)
    equal(batches.items, [])
    await clock.advance(1)
    batches.calls[0].reject(new Error('lost'))
    await clock.advance(100)
    equal(batches.items, [[1], [1]])
    batches.calls[1].resolve([2])
    equal(await result, 2)
  },
  'a timer of the runtime ends a batch that takes too long': async () => {
    const batcher = new Batcher(() => new Promise(() => {}), { timeout: 1 })
    const error = await batcher.process(1).catch((reason) => reason)
    equal(error instanceof BatchTimeoutError, true)
  },
  'one item that spoils a batch is found in halves': async () => {
    const batcher = new Batcher(
      (numbers) => {
        if (numbers.includes(5)) throw new Error('five')
        return numbers
      },
      { splitOnError: true },
    )
    const settled = await batcher.processAllSettled([...Array(20).keys()])
    equal(settled.filter(({ status }) => status === 'rejected').length, 1)
    equal(settled[5].reason instanceof BatchError, true)
  },
  'equal items are sent once': async () => {
    let sent = 0
    const batcher = new Batcher((numbers) => numbers.map(() => (sent += 1)), {
      dedupeKey: (n) => n,
    })
    equal(await batcher.processAll([1, 1, 2]), [1, 1, 2])
  },
  'a stream gives its results in order': async () => {
    const results = []
    for await (const result of squares().processIterable([1, 2, 3])) results.push(result)
    equal(results, [1, 4, 9])
  },
  'bytes and 10,000 items go through': async () => {
    const batcher = squares({ maxBatchSize: 500, weight: [] })
    const results = await batcher.processAll([...Array(10_000).keys()])
    equal(results.at(-1), 9999 ** 2)
    equal(batcher.stats().batches, 20)
  },
  'the map family keeps its bound and order': async () => {
    let running = 0
    let most = 0
    const work = async (n) => {
      most = Math.max(most, (running += 1))
      await settle()
      running -= 1
      return n * 2
    }
    equal(await map([1, 2, 3, 4, 5], work, { concurrency: 2 }), [2, 4, 6, 8, 10])
    equal(most, 2)
    const streamed = []
    for await (const n of mapIterable([1, 2, 3], work, { concurrency: 2 })) streamed.push(n)
    equal(streamed, [2, 4, 6])
    const completed = []
    for await (const n of asCompleted([() => work(1), () => work(2)])) completed.push(n)
    equal(completed.length, 2)
    equal(await limit(1)(work, 4), 8)
  },
  'groups, semaphores, channels, rates and wait': async () => {
    const seen = []
    await taskGroup(async (group) => {
      group.spawn(async () => seen.push('child'))
      seen.push('body')
    })
    equal(new Set(seen).size, 2)
    const semaphore = new Semaphore(1)
    const permit = await semaphore.acquire()
    equal(semaphore.tryAcquire(), undefined)
    permit.release()
    const channel = new Channel(1)
    await channel.send('a')
    equal(await channel.receive(), 'a')
    const rate = new RateLimiter({ limit: 1, interval: 60_000 })
    await rate.take()
    const one = deferred()
    const two = deferred()
    const first = wait([one.promise, two.promise], { until: 'first' })
    two.resolve('b')
    const { done } = await first
    equal(done.size, 1)
  },
}

/** Runs all cases. Tells how many passed and which did not. */
export async function runCases() {
  const all = [...cases, ...Object.entries(parts).map(([name, run]) => ({ name, run }))]
  const failed = []
  for (const { name, run } of all) {
    try {
      await run()
    } catch (error) {
      failed.push(`${name}: ${error?.stack ?? error}`)
    }
  }
  return { passed: all.length - failed.length, failed }
}

function equal(received, expected) {
  const [left, right] = [received, expected].map((value) => JSON.stringify(value))
  if (left !== right) throw new Error(`expected ${right}, received ${left}`)
}
