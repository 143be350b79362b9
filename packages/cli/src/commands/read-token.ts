import { readFile } from 'node:fs/promises'
import { StartError } from '../errors.ts'
import { fileProblem } from '../file-problem.ts'

/**
 * The bearer token that clients must show: what is in the file, or else in the variable JITNEY_TOKEN. Empty if
 * there is neither. Never from the command line, where everybody on the machine could read it.
 */
export async function readToken(file: string | undefined): Promise<string> {
  const { JITNEY_TOKEN: fromEnvironment } = process.env
  const source = file ?? 'the environment'
  const given = file === undefined ? fromEnvironment : await readFrom(file)
  if (given === undefined) return ''
  const token = given.trim()
  if (/^\S+$/.test(token)) return token
  throw new StartError(
    `Cannot take the token from ${source}: expected text without white space, received ${token === '' ? 'nothing' : 'some with it'}`,
  )
}

async function readFrom(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new StartError(
      `Cannot take the token from ${file} (--token-file): ${fileProblem(error)}`,
      {
        cause: error,
      },
    )
  }
}
