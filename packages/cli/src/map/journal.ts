import { open, readFile, rename, rm } from 'node:fs/promises'

/** Where a run is with its output, as of some moment. */
export interface Checkpoint {
  /** Bytes of the output that belong to these items. */
  readonly bytes: number
  /** Items whose lines are in them, as runs of indexes. */
  readonly done: readonly (readonly [first: number, last: number])[]
  /** How many of them failed. */
  readonly failed: number
  /** Whether the lines are in input order. */
  readonly isOrdered: boolean
  /** What the first line of the input is known by. */
  readonly firstLine: string | undefined
}

/**
 * The file beside an output that says which items are in it. It is replaced as a whole, and only
 * after what it speaks of is on the disk: whatever ends the process or the machine, it is true.
 */
export class Journal {
  readonly path: string

  constructor(output: string) {
    this.path = `${output}.journal`
  }

  /** The last checkpoint, if there is one that can be read. */
  async read(): Promise<Checkpoint | undefined> {
    try {
      const checkpoint: unknown = JSON.parse(await readFile(this.path, 'utf8'))
      return isCheckpoint(checkpoint) ? checkpoint : undefined
    } catch {
      return undefined
    }
  }

  async write(checkpoint: Checkpoint): Promise<void> {
    const temporary = `${this.path}.new`
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(`${JSON.stringify(checkpoint)}\n`)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(temporary, this.path)
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true })
    await rm(`${this.path}.new`, { force: true })
  }
}

function isCheckpoint(value: unknown): value is Checkpoint {
  if (typeof value !== 'object' || value === null) return false
  const { bytes, done, failed, isOrdered, firstLine } = value as Partial<Checkpoint>
  return (
    Number.isSafeInteger(bytes) &&
    Number.isSafeInteger(failed) &&
    typeof isOrdered === 'boolean' &&
    (firstLine === undefined || typeof firstLine === 'string') &&
    Array.isArray(done) &&
    done.every(
      (range, position) =>
        Array.isArray(range) &&
        range.length === 2 &&
        range.every(Number.isSafeInteger) &&
        range[0]! <= range[1]! &&
        range[0]! > (position === 0 ? -1 : (done[position - 1]![1] as number)),
    )
  )
}
