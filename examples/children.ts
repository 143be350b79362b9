// A block with two children ends only when both have. The first failure stops the other and comes out
// of the block once that has ended, too.
import { setTimeout as sleep } from 'node:timers/promises'
import { taskGroup } from 'jitney'
import { ManualClock } from 'jitney/testing'

const clock = new ManualClock()

async function child(name: string, duration: number): Promise<void> {
  console.log(`  ${name} begins`)
  await clock.sleep(duration)
  console.log(`  ${name} ends after ${clock.now()} ms`)
}

const parent = taskGroup((group) => {
  console.log('the parent spawns')
  group.spawn(() => child('one', 1000))
  group.spawn(() => child('two', 500))
  console.log('the parent is at the end of its block')
})
await clock.advance(1000)
await parent
console.log('the block has ended')

const failing = taskGroup((group) => {
  group.spawn(async ({ signal }) => {
    try {
      await sleep(60_000, undefined, { signal })
    } finally {
      console.log('  the other one cleans up')
    }
  })
  group.spawn(async () => {
    throw new Error('it broke')
  })
})
await failing.catch(({ errors }: AggregateError) => {
  console.log(`the block has failed: ${errors.join(', ')}`)
})

// Output:
// the parent spawns
//   one begins
//   two begins
// the parent is at the end of its block
//   two ends after 500 ms
//   one ends after 1000 ms
// the block has ended
//   the other one cleans up
// the block has failed: Error: it broke
