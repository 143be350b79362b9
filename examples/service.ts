// Two batch functions behind HTTP: `npm start`, or `jitney serve examples/service.ts`.
import { appendFile, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { defineBatch } from '@jitney/cli'

/** `curl -d 12 http://127.0.0.1:8080/squares` answers 144. The 20 ms are those of some upstream. */
export const squares = defineBatch(
  async (items: unknown[], { signal }) => {
    await setTimeout(20, undefined, { signal })
    return items.map((item) => (isSmall(item) ? item * item : notANumber(item)))
  },
  { maxBatchSize: 1000 },
)

function isSmall(item: unknown): item is number {
  return typeof item === 'number' && Number.isFinite(item * item)
}

function notANumber(item: unknown): Error {
  const error = new TypeError(
    `Cannot square: expected a number with a finite square, received ${JSON.stringify(item)}`,
  )
  return Object.assign(error, { status: 400 })
}

const journal = await open(join(tmpdir(), 'jitney-journal.ndjson'), 'a')
let lines = 0

/**
 * `curl -d '{"event":"signup"}' http://127.0.0.1:8080/store` answers with the number of the line,
 * once it is on the disk. What costs is the flush to the disk: here one for the whole batch.
 */
export const store = defineBatch(
  async (events: unknown[]) => {
    await appendFile(journal, events.map((event) => `${JSON.stringify(event)}\n`).join(''))
    await journal.datasync()
    return events.map(() => ({ line: ++lines }))
  },
  { maxBatchSize: 1000 },
)
