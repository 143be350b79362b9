import type { FileHandle } from 'node:fs/promises'
import { write } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const writeOnce = promisify(write)
/** Milliseconds until a pipe that is full and does not block is asked again. */
const fullPipeDelay = 5

/** Not all was written. */
export class WriteError extends Error {
  /** How many bytes were. */
  readonly written: number

  constructor(written: number, cause: unknown) {
    super((cause as Error).message, { cause })
    this.written = written
  }

  get errno(): string | undefined {
    return (this.cause as NodeJS.ErrnoException).code
  }
}

/**
 * Writes all of it, from a position or, for what has none, at the end.
 *
 * On a thread, also for pipes: a reader that stops reading does not stop the event loop, as
 * `process.stdout.write` would.
 */
export async function writeAll(
  file: number | FileHandle,
  data: Buffer,
  position: number | null,
): Promise<void> {
  const fd = typeof file === 'number' ? file : file.fd
  let written = 0
  while (written < data.length) {
    const at = position === null ? null : position + written
    try {
      const { bytesWritten } = await writeOnce(fd, data, written, data.length - written, at)
      written += bytesWritten
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw new WriteError(written, error)
      await sleep(fullPipeDelay)
    }
  }
}
