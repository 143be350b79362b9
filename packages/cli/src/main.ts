import { debuglog } from 'node:util'
import { cli, command } from 'cleye'
import { checkArguments } from './arguments/check-arguments.ts'
import { closest } from './arguments/closest.ts'
import { commands } from './commands/commands.ts'
import { ClosedPipeError, RunError, StartError, UsageError } from './errors.ts'
import { version } from './version.ts'

/** Runs the command line after the program's name; resolves to the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const verb = argv[0]
    if (verb === undefined || verb.startsWith('-')) return answerItself(argv)
    const found = Object.hasOwn(commands, verb) ? commands[verb] : undefined
    if (found === undefined) refuse(verb)
    return await found.run(argv.slice(1))
  } catch (error) {
    return complain(error)
  }
}

/** `jitney` without a verb: its help or its version. */
function answerItself(argv: readonly string[]): number {
  const parsed = cli(
    {
      name: 'jitney',
      version,
      commands: Object.entries(commands).map(([name, { description }]) =>
        command({ name, help: { description } }),
      ),
      help: {
        description:
          'Single requests ride together in batches, and many things happen so many at a time',
        examples: [
          'jitney serve ./model.ts',
          "jitney map --url 'http://127.0.0.1:8080/{}' --concurrency 1000 < ids.txt",
          'jitney tune ./model.ts',
          'jitney map --help',
        ],
      },
    },
    undefined,
    [...argv],
  )
  checkArguments('jitney', ['help', 'version'], 0, parsed)
  parsed.showHelp()
  return 2
}

function refuse(verb: string): never {
  const names = Object.keys(commands)
  const meant = closest(verb, names)
  const hint =
    meant === undefined ? `the commands are ${names.join(', ')}` : `did you mean ${meant}?`
  throw new UsageError(`Cannot run jitney ${verb}: unknown command; ${hint}`)
}

function complain(error: unknown): number {
  const isExpected =
    error instanceof UsageError ||
    error instanceof StartError ||
    error instanceof RunError ||
    error instanceof ClosedPipeError
  const stack = error instanceof Error ? error.stack : undefined
  if (isExpected && !debuglog('jitney').enabled) console.error(error.message)
  else console.error(stack ?? error)
  return isExpected ? error.exitCode : 1
}
