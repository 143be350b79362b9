// With a timeout, a loop around `wait` has its turn also when none is done, and meets the tasks that
// were added meanwhile. At any turn, none may be done or none may be waiting.
import { wait } from 'jitney'
import { ManualClock } from 'jitney/testing'

type Task = { name: string; promise: Promise<void> }

const clock = new ManualClock()
const start = (name: string, units: number): Task => ({ name, promise: clock.sleep(units * 1000) })
const namesOf = (tasks: Set<Task>): string =>
  Array.from(tasks, ({ name }) => name).join(', ') || 'none'

async function loop(tasks: Set<Task>, extra: (() => Task)[]): Promise<void> {
  while (tasks.size > 0) {
    const { done, waiting } = await wait(tasks, { until: 'first', timeout: 200, clock })
    console.log(`${clock.now()} ms, done: ${namesOf(done)}; waiting: ${namesOf(waiting)}`)
    for (const task of done) tasks.delete(task)
    for (const refill of extra.splice(0, done.size)) tasks.add(refill())
  }
}

const tasks = new Set([start('a', 3), start('b1', 1), start('b2', 1)])
const looping = loop(tasks, [() => start('c', 1)])
await clock.advance(500)
tasks.add(start('d', 1))
await clock.advance(2450)
// `a` is the only one left, and about to end: a turn with none waiting is not the last.
tasks.add(start('e', 0.2))
await clock.advance(1000)
await looping

// Output:
// 200 ms, done: none; waiting: a, b1, b2
// 400 ms, done: none; waiting: a, b1, b2
// 600 ms, done: none; waiting: a, b1, b2
// 800 ms, done: none; waiting: a, b1, b2, d
// 1000 ms, done: b1; waiting: a, b2, d
// 1000 ms, done: b2; waiting: a, d, c
// 1200 ms, done: none; waiting: a, d, c
// 1400 ms, done: none; waiting: a, d, c
// 1500 ms, done: d; waiting: a, c
// 1700 ms, done: none; waiting: a, c
// 1900 ms, done: none; waiting: a, c
// 2000 ms, done: c; waiting: a
// 2200 ms, done: none; waiting: a
// 2400 ms, done: none; waiting: a
// 2600 ms, done: none; waiting: a
// 2800 ms, done: none; waiting: a
// 3000 ms, done: a; waiting: none
// 3150 ms, done: e; waiting: none
