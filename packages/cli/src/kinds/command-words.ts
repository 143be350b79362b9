import { basename, extname } from 'node:path'
import { cutWords } from '../arguments/cut-words.ts'
import { StartError } from '../errors.ts'

/** A command as its words. Throws a `StartError` if it has none. */
export function readWords(exec: string | readonly string[]): readonly [string, ...string[]] {
  const words = typeof exec === 'string' ? cut(exec) : exec
  const [program = '', ...parameters] = words
  if (program !== '') return [program, ...parameters]
  throw new StartError(`Cannot run ${JSON.stringify(exec)}: expected a command, received nothing`)
}

/** What a route of this command is called: `model` for `python model.py`. */
export function nameOfCommand(words: readonly string[]): string {
  const [program = '', ...parameters] = words
  const script = parameters.find((word) => /^[^-].*\.\w+$/.test(word)) ?? program
  const name = basename(script, extname(script))
  return /^[\w$~-][\w$.~-]*$/.test(name) ? name : 'exec'
}

function cut(text: string): readonly string[] {
  try {
    return cutWords(text)
  } catch (error) {
    throw new StartError(`Cannot run ${text}: ${(error as Error).message}`, { cause: error })
  }
}
