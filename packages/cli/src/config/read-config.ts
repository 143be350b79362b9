import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { show } from '../arguments/show.ts'
import { StartError } from '../errors.ts'
import { fileProblem } from '../file-problem.ts'
import { kinds } from '../kinds/kinds.ts'
import type { Route } from '../kinds/route.ts'
import { reservedNames } from '../module/reserved-names.ts'
import { type Config, configSchema } from './schema.ts'
import { withoutInfinities } from './values.ts'

/** Tells where in a text a value stands, if that is known. */
type Locate = (path: readonly PropertyKey[]) => string

interface Source {
  readonly value: unknown
  readonly locate: Locate
}

/**
 * Reads a configuration, JSON or YAML. Throws a `StartError` that names the path of each value that
 * is wrong, what is allowed there and what came.
 */
export async function readConfig(path: string): Promise<Config> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new StartError(`Cannot read ${path}: ${fileProblem(error)}`, { cause: error })
  })
  const { value, locate } = parse(path, text)
  return checkConfig(path, value, locate)
}

/** Checks a configuration that is a value already. */
function checkConfig(path: string, value: unknown, locate: Locate): Config {
  const result = configSchema.safeParse(withoutInfinities(value), { reportInput: true })
  if (result.success) return result.data
  const problems = result.error.issues.map((issue) => explain(issue, locate))
  throw new StartError(`Cannot read ${path}: ${problems.join('; ')}`)
}

/** Makes the routes of a configuration. */
export function createRoutes(path: string, { routes }: Config): Promise<readonly Route[]> {
  const folder = dirname(resolve(path))
  return Promise.all(
    Object.entries(routes).map(([name, settings]) => {
      if (reservedNames.includes(name)) {
        throw new StartError(
          `Cannot serve ${path}: routes.${name} would hide the service's own /${name}`,
        )
      }
      const { kind: word } = settings as { kind: string }
      const kind = kinds.find((known) => known.name === word)
      return kind!.create(settings, { name, folder })
    }),
  )
}

/** JSON is YAML, and so has positions too. */
function parse(path: string, text: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true })
  const [error] = document.errors
  if (error !== undefined) {
    throw new StartError(`Cannot read ${path}: ${error.message.trim()}`, { cause: error })
  }
  return {
    value: document.toJS() as unknown,
    locate(places) {
      const node = document.getIn(places, true) as { range?: [number, number, number] } | undefined
      return node?.range ? ` (line ${lines.linePos(node.range[0]).line})` : ''
    },
  }
}

function explain(issue: z.core.$ZodIssue, locate: Locate): string {
  const path = issue.path.map(String).join('.') || 'the configuration'
  const line = locate(issue.path)
  if (issue.code === 'unrecognized_keys')
    return `${path} has no option ${issue.keys.join(', ')}${line}`
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    const words = kinds.map(({ name }) => name)
    const given = (issue.input as Record<string, unknown> | undefined)?.[issue.discriminator]
    return `${path} must be one of ${words.join(', ')}, received ${show(given)}${line}`
  }
  if (issue.code === 'custom') return `${path}: ${issue.message}${line}`
  const received = issue.input === undefined ? 'nothing' : show(issue.input)
  return `${path}: ${expectation(issue)}, received ${received}${line}`
}

/** What is allowed there: in the library's words, without what it says of the value. */
function expectation(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.flatMap(([first]) =>
      first === undefined ? [] : expectation(first),
    )
    return [...new Set(branches)].join(' or ').replaceAll(' or expected ', ' or ')
  }
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => message).join(', ')
  const words = issue.message.replace(/^(?:Invalid (?:input|option)|Too \w+): /, '')
  return words.replace(/, received \w+$/, '').replace('expected record', 'expected object')
}
