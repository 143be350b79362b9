// Computing and waiting in two threads. By futures: each task has a
// call, and its answer comes there. By queues: answers come as they are ready.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { Channel, taskGroup } from 'jitney'

const code = `const { parentPort } = require('node:worker_threads')
const compute = (n) => (n < 2 ? n : compute(n - 1) + compute(n - 2))
const wait = (n) => new Promise((resolve) => setTimeout(resolve, n, n))
parentPort.on('message', async (task) => {
  const [kind, n] = task.split(' ')
  parentPort.postMessage(await { compute, wait }[kind](Number(n)))
})`
const tasks = ['compute 20', 'wait 7', 'compute 10', 'wait 5', 'compute 15']

async function ask(thread: Worker, task: string): Promise<number> {
  thread.postMessage(task, [])
  const [answer] = await once(thread, 'message')
  return answer
}

async function byFutures(threads: Worker[]): Promise<number[]> {
  const idle = [...threads]
  const run = async (task: string): Promise<number> => {
    const thread = idle.pop() as Worker
    const answer = await ask(thread, task)
    idle.push(thread)
    return answer
  }
  return await taskGroup(
    ({ spawn }) => Promise.all(tasks.map((task) => spawn(() => run(task)).promise)),
    { concurrency: threads.length },
  )
}

async function byQueues(threads: Worker[]): Promise<number[]> {
  const queue = new Channel<string>()
  const answers: number[] = []
  await taskGroup(async ({ spawn }) => {
    for (const thread of threads) {
      spawn(async () => {
        for await (const task of queue) answers.push(await ask(thread, task))
      })
    }
    for (const task of tasks) await queue.send(task)
    queue.close()
  })
  return answers.toSorted((one, other) => one - other)
}

for (const run of [byFutures, byQueues]) {
  const threads = [1, 2].map(() => new Worker(code, { eval: true }))
  console.log(`${run.name}: ${(await run(threads)).join(', ')}`)
  for (const thread of threads) await thread.terminate()
}

// Output:
// byFutures: 6765, 7, 55, 5, 610
// byQueues: 5, 7, 55, 610, 6765
