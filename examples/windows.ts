// A batch leaves when it is full or its oldest item has waited for the window, and a slot is free.
// Five, fifteen and ten items come at 0, 250 and 400 ms; a batch takes 500 ms to work off.
import { Batcher } from 'jitney'
import { ManualClock } from 'jitney/testing'

async function run(concurrency: number): Promise<void> {
  const clock = new ManualClock()
  console.log(`${concurrency === Infinity ? 'any number' : concurrency} at once`)

  const batcher = new Batcher(
    async (items: number[], { reason }) => {
      console.log(`  ${clock.now()} ms: ${items.at(0)}-${items.at(-1)}, reason: ${reason}`)
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 500))
      return items
    },
    { maxBatchSize: 10, maxQueueTime: 200, concurrency, clock },
  )

  const first = batcher.processAll(range(0, 5))
  await clock.advance(250)
  const second = batcher.processAll(range(5, 20))
  await clock.advance(150)
  const third = batcher.processAll(range(20, 30))
  await clock.advance(2000)
  await Promise.all([first, second, third])
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

for (const concurrency of [1, 2, 3, Infinity]) await run(concurrency)

// Output:
// 1 at once
//   200 ms: 0-4, reason: time
//   700 ms: 5-14, reason: size
//   1200 ms: 15-24, reason: size
//   1700 ms: 25-29, reason: time
// 2 at once
//   200 ms: 0-4, reason: time
//   250 ms: 5-14, reason: size
//   700 ms: 15-24, reason: size
//   750 ms: 25-29, reason: time
// 3 at once
//   200 ms: 0-4, reason: time
//   250 ms: 5-14, reason: size
//   400 ms: 15-24, reason: size
//   700 ms: 25-29, reason: time
// any number at once
//   200 ms: 0-4, reason: time
//   250 ms: 5-14, reason: size
//   400 ms: 15-24, reason: size
//   600 ms: 25-29, reason: time
