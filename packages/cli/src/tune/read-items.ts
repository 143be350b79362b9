import { readFile } from 'node:fs/promises'
import { StartError } from '../errors.ts'

/** The items of a file: a JSON array, or a line of JSON for each. */
export async function readItems(file: string): Promise<readonly unknown[]> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new StartError(`Cannot read --items ${file}: ${error.message}`, { cause: error })
  })
  const items = parseArray(text) ?? parseLines(file, text)
  if (items.length > 0) return items
  throw new StartError(`Cannot read --items ${file}: expected at least one item, received none`)
}

function parseArray(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    // A single line is JSON as well. One that holds an array could be read in two ways: as the items.
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function parseLines(file: string, text: string): readonly unknown[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      return [JSON.parse(line) as unknown]
    } catch (error) {
      throw new StartError(
        `Cannot read --items ${file}: expected a JSON array or a line of JSON for each item, ` +
          `received in line ${index + 1}: ${(error as Error).message}`,
        { cause: error },
      )
    }
  })
}
