import { createReadStream } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { StartError } from '../errors.ts'
import type { DoneSet } from './done-set.ts'
import { LineSplitter } from './line-splitter.ts'
import { type OpenFile, openFile } from './open-file.ts'
import { isOutputLine } from './outcome.ts'

const longest = 2 ** 30

/** Opens the file of failed items. Resolves to where the next line goes. */
export async function openErrorsFile(
  path: string,
  mode: 'new' | 'overwrite' | 'resume',
  done: DoneSet,
): Promise<{ readonly file: OpenFile; readonly position: number }> {
  const file = await openFile('--errors', path, mode === 'new' ? 'nothing' : 'something')
  if (!file.isRegular) return { file, position: 0 }
  if (mode !== 'resume') {
    await file.handle.truncate(0)
    return { file, position: 0 }
  }
  await file.handle.close()
  const position = await keepDone(path, done)
  return { file: await openFile('--errors', path, 'something'), position }
}

/**
 * Keeps the lines of items that are done: the others will be done again, and may fail again. They
 * are few: an item's line goes here first and to the output right after.
 */
async function keepDone(path: string, done: DoneSet): Promise<number> {
  const temporary = `${path}.new`
  const copy = await open(temporary, 'w')
  let position = 0
  try {
    const splitter = new LineSplitter(longest)
    for await (const chunk of createReadStream(path)) {
      let kept = ''
      for (const { text } of splitter.push(chunk as Buffer)) {
        if (isDone(path, text, done)) kept += `${text}\n`
      }
      if (kept !== '') position += (await copy.write(kept, position)).bytesWritten
    }
    await copy.datasync()
  } finally {
    await copy.close()
  }
  await rename(temporary, path)
  return position
}

function isDone(path: string, text: string, done: DoneSet): boolean {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    line = undefined
  }
  if (isOutputLine(line)) return done.has(line.index)
  throw new StartError(
    `Cannot resume --errors ${path}: jitney map did not write it; nothing was changed`,
  )
}
