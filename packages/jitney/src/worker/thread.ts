/** What runs in each thread: Piscina calls `work` with one batch at a time. */
import { BroadcastChannel } from 'node:worker_threads'
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina'
import { isCloneable } from './cloneable.ts'
import { writeError } from './error-record.ts'
import { loadFunction } from './load-function.ts'
import { movableBuffers } from './movable.ts'
import type { Reply } from './reply.ts'
import type { ThreadData, ThreadTask } from './thread-messages.ts'
import { writeReply } from './write-reply.ts'

const data = workerData as ThreadData
const channel = new BroadcastChannel(data.channel)
channel.unref()
/** Batches of any thread that were aborted, and did not arrive here or will not: one can overtake. */
const early = new Set<number>()
let running: { readonly id: number; readonly controller: AbortController } | undefined

channel.onmessage = (event: unknown) => {
  const { data: id } = event as { data: unknown }
  if (running?.id === id) running?.controller.abort()
  else early.add(id as number)
}

const loaded = loadFunction(data.module, data.exportName)
// Told to each batch.
loaded.catch(() => {})

export async function work({ id, items, key, reason }: ThreadTask): Promise<unknown> {
  const controller = new AbortController()
  running = { id, controller }
  if (early.has(id)) controller.abort()
  try {
    const batchFunction = await loaded
    const results = await batchFunction(items, { signal: controller.signal, key, reason })
    return moved(await writeReply(results))
  } catch (error) {
    return { error: writeError(error, isCloneable) } satisfies Reply
  } finally {
    running = undefined
    for (const one of early) if (one <= id) early.delete(one)
  }
}

function moved(reply: Reply): unknown {
  const buffers =
    data.move && reply.results !== undefined ? movableBuffers(reply.results as []) : []
  if (buffers.length === 0) return reply
  // A list, which Piscina appends to its own.
  return move({ [transferableSymbol]: buffers, [valueSymbol]: reply })
}
