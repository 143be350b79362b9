import { cli } from 'cleye'
import { checkArguments } from '../arguments/check-arguments.ts'
import { helpWithNotes } from '../arguments/help-with-notes.ts'
import * as types from '../arguments/flag-types.ts'
import { needs } from '../arguments/needs.ts'
import { withNegatives } from '../arguments/with-negatives.ts'
import { UsageError } from '../errors.ts'
import { joinHeaders } from '../map/join-headers.ts'
import { UrlTemplate } from '../map/url-template.ts'
import type { Goal } from '../tune/choose.ts'
import { tuneDescription, tuneExamples, tuneNotes, tuneUsage } from './tune-help.ts'

const flagTypes = {
  url: {
    type: types.text('--url'),
    placeholder: '<url>',
    description: 'Measure a server instead: POST a JSON array of items there, for one of results',
  },
  header: {
    type: [types.header('--header')],
    placeholder: '<name: value>',
    description: 'Header of each request; may be repeated',
  },
  items: {
    type: types.text('--items'),
    placeholder: '<file>',
    description: 'Example items, as a JSON array or one line of JSON each',
  },
  export: {
    type: types.text('--export'),
    placeholder: '<name>',
    description: 'Which export of the module (default: its default, or its only one)',
  },
  target: {
    type: types.word('--target', ['throughput', 'latency']),
    placeholder: '<throughput|latency>',
    description: 'Most items per second (default), or the least latency at a load',
  },
  p95: {
    type: types.duration('--p95'),
    placeholder: '<ms>',
    description: 'Most items per second of which 95 % are answered within so many milliseconds',
  },
  load: {
    type: types.rate('--load'),
    placeholder: '<number>',
    description:
      'Items per second that are expected, or as 100/m (default: half of what can be done)',
  },
  maxBatchSize: {
    type: types.integer('--max-batch-size', 1, 1_000_000),
    placeholder: '<items>',
    description: "Largest batch that is tried (default: the module's maxBatchSize, else 1024)",
  },
  maxConcurrency: {
    type: types.integer('--max-concurrency', 1, 1000),
    default: 16,
    placeholder: '<number>',
    description: 'Most batches that are tried at once',
  },
  time: {
    type: types.duration('--time'),
    default: 60_000,
    placeholder: '<ms>',
    description: 'How long it may take, about; it ends as soon as all is known well enough',
  },
  timeout: {
    type: types.duration('--timeout'),
    default: 30_000,
    placeholder: '<ms>',
    description: 'How long a batch may take before it counts as failed',
  },
  json: {
    type: Boolean,
    default: false,
    description: 'Print the report as JSON, and write no page unless --html says so',
  },
  html: {
    type: types.text('--html'),
    placeholder: '<file>',
    description: 'Write the page with the charts there (default: jitney-tune.html)',
  },
} as const

const name = 'jitney tune'
const defaultPage = 'jitney-tune.html'

/** What is measured. */
type Subject =
  | { readonly kind: 'module'; readonly file: string; readonly exportName: string | undefined }
  | {
      readonly kind: 'url'
      readonly text: string
      readonly url: UrlTemplate
      readonly headers: Readonly<Record<string, string | string[]>>
    }

/** What `jitney tune` was told. */
export interface TuneArguments {
  readonly subject: Subject
  /** The file of the items, if there is one. */
  readonly items: string | undefined
  readonly goal: Goal
  readonly maxBatchSize: number | undefined
  readonly maxConcurrency: number
  readonly time: number
  readonly timeout: number
  readonly isJson: boolean
  /** Where the page goes. */
  readonly page: string | undefined
}

type Parsed = ReturnType<typeof parse>

/** Reads what stands after `jitney tune`. Throws a `UsageError` that names what it cannot take. */
export function readTuneArguments(argv: readonly string[]): TuneArguments {
  const parsed = parse(argv)
  checkArguments(name, Object.keys(flagTypes), 1, parsed)
  const { items, maxBatchSize, maxConcurrency, time, timeout, json, html } = parsed.flags
  return {
    subject: readSubject(parsed),
    items,
    goal: readGoal(parsed.flags),
    maxBatchSize,
    maxConcurrency,
    time,
    timeout,
    isJson: json,
    page: html ?? (json ? undefined : defaultPage),
  }
}

function parse(argv: readonly string[]) {
  return cli(
    {
      name,
      parameters: ['[module]'],
      flags: flagTypes,
      help: helpWithNotes(
        { description: tuneDescription, usage: tuneUsage, examples: tuneExamples },
        tuneNotes,
      ),
    },
    undefined,
    withNegatives(argv),
  )
}

function readSubject({ flags, _: { module: file } }: Parsed): Subject {
  const { url, header, items, export: exportName } = flags
  if ((url === undefined) === (file === undefined)) {
    const received = url === undefined ? 'nothing' : `${url} and ${file}`
    throw new UsageError(
      `Cannot run ${name}: expected a module or --url, as in jitney tune ./model.ts, received ${received}`,
    )
  }
  if (file !== undefined) {
    if (header.length > 0) throw needs(name, '--header', '--url')
    return { kind: 'module', file, exportName }
  }
  if (exportName !== undefined) throw needs(name, '--export', 'a module')
  if (items === undefined) throw needs(name, '--url', '--items FILE, with an example or more')
  const template = new UrlTemplate(url!)
  if (template.template.hasPlaces) {
    throw new UsageError(
      `Cannot read --url: expected one without {}, since arrays are sent there, received '${url}'`,
    )
  }
  return { kind: 'url', text: url!, url: template, headers: joinHeaders(header) }
}

function readGoal({ target, p95, load }: Parsed['flags']): Goal {
  if (target === 'latency') {
    const rate = load === undefined ? undefined : (1000 * load.limit) / load.interval
    if (p95 === undefined) return { kind: 'latency', rate }
    throw new UsageError(
      `Cannot run ${name}: --p95 goes with --target throughput, received --target latency`,
    )
  }
  if (load !== undefined) throw needs(name, '--load', '--target latency')
  return p95 === undefined ? { kind: 'throughput' } : { kind: 'p95', limit: p95 }
}
