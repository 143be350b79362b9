import { fstatSync, type Stats } from 'node:fs'
import { RunError } from '../errors.ts'

/** Bytes of the standard input, if it is a file. Refuses a folder, which Node takes for an empty input. */
export function inputSize(): number | undefined {
  let stats: Stats
  try {
    stats = fstatSync(0)
  } catch {
    return undefined
  }
  if (stats.isDirectory()) throw new RunError('Cannot read the input: it is a folder')
  return stats.isFile() ? stats.size : undefined
}
