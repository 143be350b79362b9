import {
  BatchWorker,
  type BatchWorkerOptions,
  memoryTransport,
  type MemoryTransportOptions,
  RemoteBatcher,
  type RemoteBatcherOptions,
  type RemoteBatchFunction,
  type Transport,
} from 'jitney/remote'
import { ManualClock } from 'jitney/testing'
import { onTestFinished } from 'vitest'

export const lease = 30_000

/** A queue on a clock that stands still. */
export interface Scene {
  readonly clock: ManualClock
  readonly transport: Transport
  client(options?: Partial<RemoteBatcherOptions<number>>): RemoteBatcher<number, number>
  worker(
    batchFunction: RemoteBatchFunction<number>,
    options?: Partial<BatchWorkerOptions>,
  ): BatchWorker<number>
}

export function newScene(options?: MemoryTransportOptions): Scene {
  const clock = new ManualClock()
  const transport = memoryTransport({ clock, ...options })
  return {
    clock,
    transport,
    client: (more) => {
      const batcher = new RemoteBatcher<number, number>('numbers', { transport, clock, ...more })
      onTestFinished(() => {
        batcher.abort()
      })
      return batcher
    },
    worker: (batchFunction, more) => {
      const worker = new BatchWorker('numbers', batchFunction, {
        transport,
        clock,
        lease,
        ...more,
      })
      onTestFinished(() => {
        worker.abort()
      })
      return worker
    },
  }
}

export function squares(numbers: number[]): number[] {
  return numbers.map((n) => n * n)
}

/** Settles with what a promise rejects with, for a look at it. */
export async function errorOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  try {
    await promise
  } catch (error) {
    return error as Record<string, unknown>
  }
  throw new Error('It did not reject')
}
