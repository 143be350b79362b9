// `wait` says which promises are done and which are not: a loop around it handles each as soon as it
// is done, and can take in another one for it.
import { wait, type WaitResult } from 'jitney'
import { ManualClock } from 'jitney/testing'

type Task = { name: string; promise: Promise<void> }

const clock = new ManualClock()
const start = (name: string, units: number): Task => ({ name, promise: clock.sleep(units * 1000) })
const startThree = (): Task[] => [start('a', 3), start('b1', 1), start('b2', 1)]

const namesOf = (tasks: Set<Task>): string =>
  Array.from(tasks, ({ name }) => name).join(', ') || 'none'

function print({ done, waiting }: WaitResult<Task>): void {
  console.log(`  done: ${namesOf(done)}; waiting: ${namesOf(waiting)}`)
}

async function all(): Promise<void> {
  print(await wait(startThree()))
}

async function loop(extra: (() => Task)[]): Promise<void> {
  let tasks = new Set(startThree())
  while (tasks.size > 0) {
    const turn = await wait(tasks, { until: 'first' })
    print(turn)
    tasks = turn.waiting
    for (const refill of extra.splice(0, turn.done.size)) tasks.add(refill())
  }
}

const firstOfTheRest = (): Promise<void> => loop([])
const refilled = (): Promise<void> => loop([() => start('c', 1), () => start('d', 3)])

for (const run of [all, firstOfTheRest, refilled]) {
  console.log(run.name)
  await Promise.all([run(), clock.advance(5000)])
}

// Output:
// all
//   done: b1, b2, a; waiting: none
// firstOfTheRest
//   done: b1; waiting: a, b2
//   done: b2; waiting: a
//   done: a; waiting: none
// refilled
//   done: b1; waiting: a, b2
//   done: b2; waiting: a, c
//   done: c; waiting: a, d
//   done: a; waiting: d
//   done: d; waiting: none
