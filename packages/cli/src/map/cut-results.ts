import { ArrayCutter } from '../server/stream/array-cutter.ts'
import { oneLine } from './result-of-text.ts'

/** The elements of what is known to be a JSON array, as they were written: no number loses a digit. */
export function cutResults(array: Buffer): readonly string[] {
  const cuts = [...new ArrayCutter(Infinity).push(array)]
  return cuts.map((cut) => oneLine((cut as Buffer).toString().trim()))
}

/**
 * The result in a line `{"index":7,"result":…}` as it was written, or `undefined` if the line, which is
 * known to be JSON, is not just so. What is left between the two ends is a whole value only if nothing
 * else stands in the line.
 */
export function cutResult(line: string, index: number): string | undefined {
  const beginning = `{"index":${index},"result":`
  const text = line.trim()
  if (!text.startsWith(beginning)) return undefined
  const result = text.slice(beginning.length, -1).trim()
  try {
    JSON.parse(result)
    return result
  } catch {
    return undefined
  }
}
