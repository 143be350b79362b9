// At most 15 items wait. Three callers bring 10 each at once: 10 leave, 15 wait, 5 find no room.
// Those are refused, or with `overflow: 'wait'` they wait for room in the order they came.
import { Batcher } from 'jitney'

async function run(overflow: 'reject' | 'wait'): Promise<void> {
  console.log(`overflow: '${overflow}'`)
  const batcher = new Batcher(
    (items: number[]) => {
      console.log(`  batch ${items.at(0)}-${items.at(-1)}`)
      return items
    },
    { maxBatchSize: 10, maxQueueSize: 15, overflow },
  )

  const calls = [range(0, 10), range(10, 20), range(20, 30)].map((items) =>
    batcher.processAllSettled(items),
  )
  const { active, queued, waiting } = batcher.stats()
  console.log(`  ${active} batch on its way, ${queued} items queued, ${waiting} waiting for room`)

  const outcomes = (await Promise.all(calls)).flat()
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  console.log(`  ${outcomes.length - refused.length} answered, ${refused.length} refused`)
  if (refused[0] !== undefined) console.log(`  ${refused[0].reason}`)
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

await run('reject')
await run('wait')

// Output:
// overflow: 'reject'
//   1 batch on its way, 15 items queued, 0 waiting for room
//   batch 0-9
//   batch 10-19
//   batch 20-24
//   25 answered, 5 refused
//   QueueFullError: Cannot process item: 'maxQueueSize' of 15 is reached
// overflow: 'wait'
//   1 batch on its way, 15 items queued, 5 waiting for room
//   batch 0-9
//   batch 10-19
//   batch 20-29
//   30 answered, 0 refused
