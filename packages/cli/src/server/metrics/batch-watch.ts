import { tracingChannel } from 'node:diagnostics_channel'
import type { BatchMessage } from 'jitney'

/**
 * Calls back when a batch has ended, of any batcher of the process.
 *
 * @returns what ends it.
 */
export function watchBatches(heard: (message: BatchMessage) => void): () => void {
  const { asyncEnd } = tracingChannel('jitney:batch')
  const subscriber = (message: unknown): void => {
    heard(message as BatchMessage)
  }
  asyncEnd.subscribe(subscriber)
  return () => {
    asyncEnd.unsubscribe(subscriber)
  }
}
