import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { cli } from 'cleye'
import { checkArguments } from '../arguments/check-arguments.ts'
import { helpWithNotes } from '../arguments/help-with-notes.ts'
import * as types from '../arguments/flag-types.ts'
import { needs } from '../arguments/needs.ts'
import { withNegatives } from '../arguments/with-negatives.ts'
import { UsageError } from '../errors.ts'
import { readCommand } from '../map/command-job.ts'
import type { Format } from '../map/item.ts'
import { joinHeaders } from '../map/join-headers.ts'
import type { MapSettings, Work } from '../map/settings.ts'
import { checkFields } from '../map/template.ts'
import { UrlTemplate } from '../map/url-template.ts'
import { mapDescription, mapExamples, mapNotes, mapUsage } from './map-help.ts'

const flagTypes = {
  url: {
    type: types.text('--url'),
    placeholder: '<url>',
    description: 'Request this for each item: {} is the item, {name} a field of it, escaped',
  },
  exec: {
    type: types.text('--exec'),
    placeholder: '<command>',
    description: 'Run this for each item, without a shell; without {} the item is on its stdin',
  },
  shell: {
    type: Boolean,
    default: false,
    description: 'Give --exec to sh; items are parameters, never a part of the script',
  },
  method: {
    type: types.method('--method'),
    placeholder: '<name>',
    description:
      'HTTP method (default: GET if the URL has places, else POST with the item as JSON)',
  },
  header: {
    type: [types.header('--header')],
    placeholder: '<name: value>',
    description: 'Header of each request; may be repeated',
  },
  format: {
    type: types.word('--format', ['lines', 'ndjson']),
    placeholder: '<lines|ndjson>',
    description: 'What the input is (default: lines where {} takes the item, else ndjson)',
  },
  batchSize: {
    type: types.integer('--batch-size', 1, 1_000_000),
    placeholder: '<items>',
    description: 'Send so many items at once, as an array, for an array of results',
  },
  concurrency: {
    type: types.integer('--concurrency', 1, 1_000_000),
    placeholder: '<number>',
    description: 'Most requests, calls or commands at once (default: 100, commands: one per core)',
  },
  unordered: {
    type: Boolean,
    default: false,
    description: 'Write results as they come, not in input order',
  },
  rate: {
    type: types.rate('--rate'),
    placeholder: '<number>',
    description: 'Most requests, calls or commands per second, or as 100/m or 0.5/h',
  },
  timeout: {
    type: types.duration('--timeout'),
    placeholder: '<ms>',
    description: 'How long each attempt may take (default: 30000 for --url, else Infinity)',
  },
  retry: {
    type: types.integer('--retry', 0, 1_000_000),
    default: 0,
    placeholder: '<times>',
    description:
      'Try a failed item again so often, with growing random delays, or after its Retry-After',
  },
  maxRetryDelay: {
    type: types.delay('--max-retry-delay'),
    default: 60_000,
    placeholder: '<ms>',
    description: 'Longest wait before an attempt; a longer Retry-After fails the item',
  },
  output: {
    type: types.text('--output'),
    placeholder: '<file>',
    description: 'Write the results there, with a journal beside it until all is done',
  },
  resume: {
    type: Boolean,
    default: false,
    description: 'Go on with --output where an earlier run of the same input ended',
  },
  overwrite: {
    type: Boolean,
    default: false,
    description: 'Replace what --output and --errors hold',
  },
  errors: {
    type: types.text('--errors'),
    placeholder: '<file>',
    description: 'Write the failed items there as well, each with its item',
  },
  maxLineSize: {
    type: types.bytes('--max-line-size'),
    default: 10 * 1024 * 1024,
    placeholder: '<bytes>',
    description: 'Longest line of input; a longer one is a failed item',
  },
  maxResultSize: {
    type: types.bytes('--max-result-size'),
    default: 10 * 1024 * 1024,
    placeholder: '<bytes>',
    description: 'Largest answer; a larger one is a failed item',
  },
} as const

const name = 'jitney map'
const urlTimeout = 30_000

type Parsed = ReturnType<typeof parse>
type Flags = Parsed['flags']

/** Reads what stands after `jitney map`. Throws a `UsageError` that names what it cannot take. */
export function readMapArguments(argv: readonly string[]): MapSettings {
  const parsed = parse(argv)
  checkArguments(name, Object.keys(flagTypes), 1, parsed)
  const { flags } = parsed
  const work = readWork(parsed)
  checkFlags(flags, work)
  const { batchSize, rate, output, errors, maxRetryDelay, maxLineSize, maxResultSize } = flags
  return {
    work,
    format: readFormat(flags.format, work),
    batchSize,
    concurrency:
      flags.concurrency ?? (work.kind === 'command' ? availableParallelism() : undefined),
    isOrdered: !flags.unordered,
    rate,
    timeout: flags.timeout ?? (work.kind === 'url' ? urlTimeout : Infinity),
    retries: flags.retry,
    maxRetryDelay,
    output,
    errors,
    mode: flags.resume ? 'resume' : flags.overwrite ? 'overwrite' : 'new',
    maxLineSize,
    maxResultSize,
  }
}

function parse(argv: readonly string[]) {
  return cli(
    {
      name,
      parameters: ['[module]'],
      flags: flagTypes,
      help: helpWithNotes(
        { description: mapDescription, usage: mapUsage, examples: mapExamples },
        mapNotes,
      ),
    },
    undefined,
    withNegatives(argv),
  )
}

function readWork({ flags, _: { module: file } }: Parsed): Work {
  const { url, exec } = flags
  const given = [
    url === undefined ? '' : '--url',
    exec === undefined ? '' : '--exec',
    file === undefined ? '' : file,
  ].filter((source) => source !== '')
  if (given.length !== 1) {
    throw new UsageError(
      `Cannot run ${name}: expected one of --url, --exec or a module, as in jitney map ./fetch-one.ts, ` +
        `received ${given.length === 0 ? 'nothing' : given.join(' and ')}`,
    )
  }
  if (exec !== undefined) return { kind: 'command', command: readCommand(exec, flags.shell) }
  if (file !== undefined) return { kind: 'module', file }
  const template = new UrlTemplate(url!)
  const method = flags.method ?? (template.template.hasPlaces ? 'GET' : 'POST')
  return { kind: 'url', url: template, method, headers: joinHeaders(flags.header) }
}

/** What each flag needs of the others. */
function checkFlags(flags: Flags, work: Work): void {
  const { batchSize, output, errors } = flags
  if (work.kind !== 'url') {
    if (flags.method !== undefined) throw needs(name, '--method', '--url')
    if (flags.header.length > 0) throw needs(name, '--header', '--url')
  }
  if (flags.shell && work.kind !== 'command') throw needs(name, '--shell', '--exec')
  if (flags.resume && output === undefined) throw needs(name, '--resume', '--output')
  if (flags.overwrite && output === undefined && errors === undefined) {
    throw needs(name, '--overwrite', '--output or --errors')
  }
  if (flags.resume && flags.overwrite) {
    throw new UsageError(`Cannot run ${name}: expected --resume or --overwrite, received both`)
  }
  if (output !== undefined && errors !== undefined) {
    // The journal is a file of its own as well.
    const taken = [output, `${output}.journal`].map((path) => resolve(path))
    if (taken.includes(resolve(errors))) {
      throw new UsageError(
        `Cannot run ${name}: expected two files for --output and --errors, received ${output} and ${errors}`,
      )
    }
  }
  if (batchSize === undefined) return
  if (work.kind === 'command') throw needs(name, '--batch-size', '--url or a module')
  if (work.kind !== 'url') return
  if (work.url.template.hasPlaces) {
    throw new UsageError(
      `Cannot run ${name}: --batch-size sends arrays to one URL; expected a --url without {}`,
    )
  }
  if (['GET', 'HEAD'].includes(work.method)) {
    throw new UsageError(
      `Cannot run ${name}: --batch-size sends arrays in the body; expected a --method with one, received ${work.method}`,
    )
  }
}

function readFormat(given: Format | undefined, work: Work): Format {
  const template =
    work.kind === 'url'
      ? work.url.template
      : work.kind === 'command'
        ? work.command.whole
        : undefined
  if (given === 'lines' && template !== undefined) {
    checkFields(work.kind === 'url' ? '--url' : '--exec', template)
  }
  if (given !== undefined) return given
  if (work.kind === 'command') return work.command.whole.hasFields ? 'ndjson' : 'lines'
  return template?.hasPlaces === true && !template.hasFields ? 'lines' : 'ndjson'
}
