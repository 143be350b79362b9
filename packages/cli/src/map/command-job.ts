import { cutWords } from '../arguments/cut-words.ts'
import { UsageError } from '../errors.ts'
import { checkCommand } from './find-command.ts'
import type { Item } from './item.ts'
import { ItemError } from './item-error.ts'
import type { Job, Result } from './job.ts'
import { textOf } from './result-of-text.ts'
import { killGroup, runCommand } from './run-command.ts'
import { shellScript } from './shell-script.ts'
import { Template } from './template.ts'

/** What to run for an item: made of the words of a command, or a script for the shell. */
export interface CommandTemplate {
  /** Each word, and the parts of the item in it. */
  readonly words: readonly Template[]
  /** All places of the command. */
  readonly whole: Template
}

export function readCommand(text: string, isShell: boolean): CommandTemplate {
  const whole = Template.parse(text)
  if (!isShell) return { words: splitWords(text).map((word) => Template.parse(word)), whole }
  const words = ['sh', '-c', shellScript(whole), 'sh'].map((word) => new Template([word], []))
  const parameters = whole.fields.map((field) => new Template(['', ''], [field]))
  return { words: [...words, ...parameters], whole }
}

export interface CommandJobOptions {
  readonly command: CommandTemplate
  readonly maxResultSize: number
}

/** Runs a command for each item. An item without a place in it comes on its standard input. */
export class CommandJob implements Job {
  readonly #options: CommandJobOptions
  readonly #running = new Set<number>()

  constructor(options: CommandJobOptions) {
    this.#options = options
    const [first] = options.command.words
    if (!first!.hasPlaces) checkCommand(first!.texts[0]!)
  }

  async call([item]: readonly Item[], signal: AbortSignal | undefined): Promise<readonly Result[]> {
    const { command, maxResultSize } = this.#options
    const words = command.words.map((word) => word.fill(item!, argument))
    const input = command.whole.hasPlaces ? undefined : `${item!.text}\n`
    const output = await runCommand(words, { input, maxResultSize, signal, running: this.#running })
    return [JSON.stringify(textOf(output, 'The output').replace(/\r?\n$/, ''))]
  }

  abort(): void {
    for (const pid of this.#running) killGroup(pid, 'SIGKILL')
  }
}

function splitWords(text: string): readonly string[] {
  let words: readonly string[]
  try {
    words = cutWords(text)
  } catch (error) {
    throw new UsageError(`Cannot read --exec: ${(error as Error).message} in ${text}`)
  }
  if (words.length > 0) return words
  throw new UsageError("Cannot read --exec: expected a command, as 'convert {} {}.png'")
}

function argument(part: string): string {
  if (!part.includes('\0')) return part
  throw new ItemError('JITNEY_COMMAND_FAILED', 'Cannot run it: an argument cannot hold a NUL')
}
