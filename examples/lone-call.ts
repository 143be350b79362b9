// A lone call in a fixed window waits for company that never comes.
// By default it does not: while nothing runs, a batch leaves at the end of the turn.
import { Batcher } from 'jitney'
import { ManualClock } from 'jitney/testing'

for (const maxQueueTime of [1000, 'adaptive'] as const) {
  const clock = new ManualClock()
  const squares = new Batcher((numbers: number[]) => numbers.map((n) => n * n), {
    maxQueueTime,
    clock,
  })
  const call = squares.process(12).then((result) => {
    console.log(`maxQueueTime ${maxQueueTime}: ${result} after ${clock.now()} ms`)
  })
  await clock.advance(1000)
  await call
}

// Output:
// maxQueueTime 1000: 144 after 1000 ms
// maxQueueTime adaptive: 144 after 0 ms
