// Three tasks that end in the order 1, 3, 2: each result is printed as soon as it is there.
import { asCompleted } from 'jitney'
import { ManualClock } from 'jitney/testing'

const clock = new ManualClock()

async function task(number: number, seconds: number): Promise<string> {
  await clock.sleep(seconds * 1000)
  return `task ${number}`
}

async function print(): Promise<void> {
  const tasks = [() => task(1, 1), () => task(2, 3), () => task(3, 2)]
  for await (const result of asCompleted(tasks)) console.log(`${clock.now()} ms: ${result}`)
  console.log('all are there')
}

await Promise.all([print(), clock.advance(3000)])

// Output:
// 1000 ms: task 1
// 2000 ms: task 3
// 3000 ms: task 2
// all are there
