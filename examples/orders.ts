// Three tasks, `a` takes 3 seconds, `b1` and `b2` take 1. How they are started and awaited decides
// when each result is there, and in which order.
import { asCompleted, map, mapIterable } from 'jitney'
import { ManualClock } from 'jitney/testing'

type Task = () => Promise<string>
type Report = (result: string) => void

async function oneAfterTheOther(tasks: Task[], report: Report): Promise<void> {
  for (const task of tasks) report(await task())
}

/** The list holds functions: what is prepared does not run. A promise would. */
async function inAChosenOrder([a, b1, b2]: [Task, Task, Task], report: Report): Promise<void> {
  for (const task of [b1, a, b2]) report(await task())
}

/** All run at once, but the first of the list keeps back what is ready behind it. */
async function inListOrder(tasks: Task[], report: Report): Promise<void> {
  for await (const result of mapIterable(tasks, (task) => task())) report(result)
}

async function inOrderOfCompletion(tasks: Task[], report: Report): Promise<void> {
  for await (const result of asCompleted(tasks)) report(result)
}

async function gathered(tasks: Task[], report: Report): Promise<void> {
  const results = await map(tasks, (task) => task())
  report(results.join(' and '))
}

for (const run of [oneAfterTheOther, inAChosenOrder, inListOrder, inOrderOfCompletion, gathered]) {
  const clock = new ManualClock()
  const task = (name: string, seconds: number) => () => clock.sleep(seconds * 1000).then(() => name)

  const reports: string[] = []
  const running = run([task('a', 3), task('b1', 1), task('b2', 1)], (result) => {
    reports.push(`${result} after ${clock.now() / 1000} s`)
  })
  await Promise.all([running, clock.advance(5000)])
  console.log(`${run.name}: ${reports.join(', ')}`)
}

// Output:
// oneAfterTheOther: a after 3 s, b1 after 4 s, b2 after 5 s
// inAChosenOrder: b1 after 1 s, a after 4 s, b2 after 5 s
// inListOrder: a after 3 s, b1 after 3 s, b2 after 3 s
// inOrderOfCompletion: b1 after 1 s, b2 after 1 s, a after 3 s
// gathered: a and b1 and b2 after 3 s
