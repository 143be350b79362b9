// The first steps: a call that waits, a clock that ticks, calls that build on each other, and a
// promise that another task settles.
import { taskGroup } from 'jitney'
import { deferred, ManualClock } from 'jitney/testing'

const clock = new ManualClock()

async function hello(): Promise<void> {
  console.log('hello')
  await clock.sleep(1000)
  console.log('world')
}

async function tick(): Promise<void> {
  for (let count = 0; count < 5; count += 1) {
    console.log(new Date(clock.now()).toISOString())
    await clock.sleep(1000)
  }
}

async function compute(x: number, y: number): Promise<number> {
  console.log(`compute ${x} + ${y}`)
  await clock.sleep(1000)
  return x + y
}

async function printSum(x: number, y: number): Promise<void> {
  console.log(`${x} + ${y} = ${await compute(x, y)}`)
}

async function settledByAnother(): Promise<void> {
  const answer = deferred<string>()
  await taskGroup(async (group) => {
    group.spawn(async () => answer.resolve('settled by another task'))
    console.log(await answer.promise)
  })
}

for (const step of [hello, tick, () => printSum(1, 2), settledByAnother]) {
  const done = step()
  await clock.advance(5000)
  await done
}

// Output:
// hello
// world
// 1970-01-01T00:00:05.000Z
// 1970-01-01T00:00:06.000Z
// 1970-01-01T00:00:07.000Z
// 1970-01-01T00:00:08.000Z
// 1970-01-01T00:00:09.000Z
// compute 1 + 2
// 1 + 2 = 3
// settled by another task
