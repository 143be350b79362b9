// One of three tasks fails. Gathered, it stops the others, and its error comes out when they have
// ended; settled, it stops nobody; in a group, each task can be looked at afterwards.
import { type ItemContext, map, mapSettled, type Task, taskGroup } from 'jitney'
import { ManualClock } from 'jitney/testing'

const clock = new ManualClock()
const names = ['a', 'b', 'c']

/** `a` takes one step, `b` fails after its second, `c` takes three. */
async function work(name: string, index: number, { signal }: ItemContext): Promise<string> {
  for (let step = 0; step <= index; step += 1) {
    await clock.sleep(1000)
    if (signal.aborted) console.log(`  ${name} stops`)
    signal.throwIfAborted()
  }
  if (name === 'b') throw new Error('b broke')
  return name.toUpperCase()
}

async function gathered(): Promise<void> {
  await map(names, work).catch((error: Error) => console.log(`  ${error}`))
}

async function settled(): Promise<void> {
  for (const outcome of await mapSettled(names, work)) {
    console.log(' ', ...Object.values(outcome).map(String))
  }
}

async function lookedAtAfterwards(): Promise<void> {
  let tasks: Task<string>[] = []
  const group = taskGroup(({ spawn }) => {
    tasks = names.map((name, index) => spawn((context) => work(name, index, context)))
  })
  await group.catch(({ errors }: AggregateError) => console.log(`  ${errors.join(', ')}`))
  for (const task of tasks) {
    console.log(' ', task.state, task.state === 'fulfilled' ? task.result() : String(task.error()))
  }
}

for (const run of [gathered, settled, lookedAtAfterwards]) {
  console.log(run.name)
  await Promise.all([run(), clock.advance(3000)])
}

// Output:
// gathered
//   c stops
//   Error: b broke
// settled
//   fulfilled A
//   rejected Error: b broke
//   fulfilled C
// lookedAtAfterwards
//   c stops
//   Error: b broke
//   fulfilled A
//   rejected Error: b broke
//   aborted AbortError: Cannot run task group: a task failed
