import { UsageError } from '../errors.ts'
import { closest } from './closest.ts'

/** What a parsed command line holds beside the flags that are known. */
interface ParsedArguments {
  readonly unknownFlags: Readonly<Record<string, unknown>>
  readonly _: readonly string[]
}

/** Refuses a flag that does not exist, and more arguments than the command takes. */
export function checkArguments(
  command: string,
  known: readonly string[],
  mostArguments: number,
  parsed: ParsedArguments,
): void {
  for (const flag of Object.keys(parsed.unknownFlags)) {
    const meant = closest(flag, known.map(kebab))
    throw new UsageError(
      `Cannot run ${command}: unknown flag ${dashed(flag)}` +
        (meant === undefined
          ? `; ${command} --help lists the flags`
          : `; did you mean ${dashed(meant)}?`),
    )
  }
  if (parsed._.length > mostArguments) {
    const expected = mostArguments === 1 ? '1 argument' : `${mostArguments} arguments`
    throw new UsageError(
      `Cannot run ${command}: expected ${expected}, received ${parsed._.length}: ${parsed._.join(' ')}`,
    )
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** How a flag is written: `max-batch-size` as `--max-batch-size`, `h` as `-h`. */
function dashed(flag: string): string {
  return flag.length === 1 ? `-${flag}` : `--${flag}`
}
