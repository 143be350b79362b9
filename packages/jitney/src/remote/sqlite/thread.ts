import type * as threads from 'node:worker_threads'
import { builtin } from '../../platform/builtin.ts'
import { messageOf } from '../../platform/message-of.ts'
import { openDatabase } from './database.ts'
import type { Request, Response, Task, ThreadData } from './messages.ts'
import { perform } from './operations.ts'
import { Tables } from './tables.ts'

// The thread that owns the file: here SQLite blocks, and waits for the disk.

const { parentPort, workerData } = builtin<typeof threads>('node:worker_threads')!
const { file, binding } = workerData as ThreadData
const opened = openDatabase(file, binding).then((database) => new Tables(database))

parentPort?.on('message', ({ id, task }: Request) => {
  void answer(id, task)
})

async function answer(id: number, task: Task): Promise<void> {
  let response: Response
  try {
    response = { id, result: handle(await opened, task) }
  } catch (error) {
    const { code } = Object(error) as { code?: unknown }
    response = { id, error: { message: messageOf(error), code } }
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- no window
  parentPort?.postMessage(response)
}

function handle(tables: Tables, task: Task): unknown {
  switch (task.kind) {
    case 'run':
      return tables.inTransaction(() =>
        task.operations.map((operation) => perform(tables, operation)),
      )
    case 'version':
      return tables.version()
    case 'close':
      return tables.close()
  }
}
