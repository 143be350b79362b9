import { RemoteError } from './errors.ts'
import { writeFailure } from './wire/reply.ts'

/** What whoever waits for an item is told when it is deleted: a `RemoteError`, `JITNEY_REMOTE_PURGED`. */
export function purgedReply(): Uint8Array {
  const message = 'Cannot do item: it was deleted from the queue'
  return writeFailure(new RemoteError('JITNEY_REMOTE_PURGED', message))
}
