// Computing and waiting in two child processes. By futures: each task has a
// call, and its answer comes there. By queues: answers come as they are ready.
import { type ChildProcess, spawn as start } from 'node:child_process'
import { once } from 'node:events'
import { Channel, taskGroup } from 'jitney'

const code = `const compute = (n) => (n < 2 ? n : compute(n - 1) + compute(n - 2))
const wait = (n) => new Promise((resolve) => setTimeout(resolve, n, n))
process.on('message', async (task) => {
  const [kind, n] = task.split(' ')
  process.send(await { compute, wait }[kind](Number(n)))
})`
const tasks = ['compute 20', 'wait 7', 'compute 10', 'wait 5', 'compute 15']

async function ask(child: ChildProcess, task: string): Promise<number> {
  child.send(task)
  const [answer] = await once(child, 'message')
  return answer
}

async function byFutures(children: ChildProcess[]): Promise<number[]> {
  const idle = [...children]
  const run = async (task: string): Promise<number> => {
    const child = idle.pop() as ChildProcess
    const answer = await ask(child, task)
    idle.push(child)
    return answer
  }
  return await taskGroup(
    ({ spawn }) => Promise.all(tasks.map((task) => spawn(() => run(task)).promise)),
    { concurrency: children.length },
  )
}

async function byQueues(children: ChildProcess[]): Promise<number[]> {
  const queue = new Channel<string>()
  const answers: number[] = []
  await taskGroup(async ({ spawn }) => {
    for (const child of children) {
      spawn(async () => {
        for await (const task of queue) answers.push(await ask(child, task))
      })
    }
    for (const task of tasks) await queue.send(task)
    queue.close()
  })
  return answers.toSorted((one, other) => one - other)
}

for (const run of [byFutures, byQueues]) {
  const children = [1, 2].map(() =>
    start(process.execPath, ['-e', code], { stdio: ['ignore', 1, 2, 'ipc'] }),
  )
  console.log(`${run.name}: ${(await run(children)).join(', ')}`)
  for (const child of children) child.kill()
}

// Output:
// byFutures: 6765, 7, 55, 5, 610
// byQueues: 5, 7, 55, 610, 6765
