// Ten items in batches of five, a second each, two at once: all are done after one second.
// The results come in the order of the items.
import { Batcher } from 'jitney'
import { ManualClock } from 'jitney/testing'

const clock = new ManualClock()

const doubles = new Batcher(
  async (numbers: number[]) => {
    console.log(`${clock.now()} ms: doubling ${numbers.join(', ')}`)
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 1000))
    return numbers.map((n) => n * 2)
  },
  { maxBatchSize: 5, concurrency: 2, clock },
)

const done = doubles.processAll([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).then((results) => {
  console.log(`${clock.now()} ms: ${results.join(', ')}`)
})
await clock.advance(10_000)
await done

// Output:
// 0 ms: doubling 0, 1, 2, 3, 4
// 0 ms: doubling 5, 6, 7, 8, 9
// 1000 ms: 0, 2, 4, 6, 8, 10, 12, 14, 16, 18
