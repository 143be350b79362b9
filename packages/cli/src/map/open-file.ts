import { constants, fstatSync, type Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { StartError } from '../errors.ts'
import { fileProblem } from '../file-problem.ts'

/** A file that lines are written to. */
export interface OpenFile {
  readonly path: string
  readonly handle: FileHandle
  /** Not a pipe or a device: it has positions, and keeps what is written. */
  readonly isRegular: boolean
}

const { O_CREAT, O_RDWR, O_WRONLY, O_APPEND } = constants

/** Opens a file for writing, and leaves what is in it. Refuses one that holds something, unless asked. */
export async function openFile(
  flag: string,
  path: string,
  mayHold: 'nothing' | 'something',
): Promise<OpenFile> {
  try {
    const found = await stat(path).catch(() => undefined)
    const isRegular = found?.isFile() ?? true
    if (found?.isFile() === true && isInput(found)) {
      throw new StartError(`Cannot write ${flag} ${path}: it is the input`)
    }
    if (isRegular && mayHold === 'nothing' && found !== undefined && found.size > 0) {
      throw new StartError(
        `Cannot write ${flag} ${path}: it exists; --resume goes on with it, --overwrite replaces it`,
      )
    }
    const mode = isRegular ? O_RDWR | O_CREAT : O_WRONLY | O_APPEND
    return { path, handle: await open(path, mode, 0o666), isRegular }
  } catch (error) {
    if (error instanceof StartError) throw error
    throw new StartError(`Cannot write ${flag} ${path}: ${fileProblem(error)}`, {
      cause: error,
    })
  }
}

function isInput({ dev, ino }: Stats): boolean {
  try {
    const input = fstatSync(0)
    return input.dev === dev && input.ino === ino
  } catch {
    return false
  }
}
