import { createReadStream } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { StartError } from '../errors.ts'
import { DoneSet } from './done-set.ts'
import type { Checkpoint } from './journal.ts'
import { LineSplitter } from './line-splitter.ts'
import { isOutputLine } from './outcome.ts'

/** What an output holds, of an earlier run that may have been killed. */
export interface Recovered {
  readonly done: DoneSet
  /** How many of them failed. */
  readonly failed: number
  /** Where its last whole line ends: what stands behind it is half a line. */
  readonly bytes: number
  readonly isOrdered: boolean
}

const beginning = '{"index":'
/** More than a line may have that was written here. */
const longest = 2 ** 30

/**
 * Reads which items are in an output: from its journal, and from the lines that were written after
 * that. Without a journal, from its lines alone. Refuses a file that is none.
 */
export async function recoverOutput(
  path: string,
  file: FileHandle,
  checkpoint: Checkpoint | undefined,
): Promise<Recovered> {
  const { size } = await file.stat()
  const isUsable =
    checkpoint !== undefined && checkpoint.bytes <= size && (await endsLine(file, checkpoint.bytes))
  const done = new DoneSet(isUsable ? checkpoint.done : [])
  let bytes = isUsable ? checkpoint.bytes : 0
  let failed = isUsable ? checkpoint.failed : 0
  let isOrdered = isUsable ? checkpoint.isOrdered : true
  let last = isUsable ? (done.ranges.at(-1)?.[1] ?? -1) : -1
  const splitter = new LineSplitter(longest)
  for await (const chunk of createReadStream(path, { start: bytes })) {
    for (const line of splitter.push(chunk as Buffer)) {
      const known = readLine(line.text)
      if (known === undefined || !done.add(known.index)) {
        const reason =
          known === undefined ? 'is not one that jitney map wrote' : `repeats item ${known.index}`
        throw new StartError(
          `Cannot resume ${path}: its line at byte ${bytes} ${reason}; nothing was changed`,
        )
      }
      isOrdered &&= known.index > last
      last = known.index
      if ('error' in known) failed += 1
      bytes += line.bytes
    }
  }
  const torn = splitter.end()
  if (bytes === 0 && torn !== undefined && !isBeginning(torn.text)) {
    throw new StartError(`Cannot resume ${path}: jitney map did not write it; nothing was changed`)
  }
  return { done, failed, bytes, isOrdered }
}

function isBeginning(text: string): boolean {
  const length = Math.min(text.length, beginning.length)
  return text.slice(0, length) === beginning.slice(0, length)
}

function readLine(text: string): { readonly index: number } | undefined {
  if (!text.startsWith(beginning)) return undefined
  try {
    const line: unknown = JSON.parse(text)
    return isOutputLine(line) ? line : undefined
  } catch {
    return undefined
  }
}

async function endsLine(file: FileHandle, position: number): Promise<boolean> {
  if (position === 0) return true
  const { buffer } = await file.read({ buffer: Buffer.alloc(1), position: position - 1 })
  return buffer.toString() === '\n'
}
