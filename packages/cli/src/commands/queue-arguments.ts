import { cli } from 'cleye'
import { checkArguments } from '../arguments/check-arguments.ts'
import { helpWithNotes } from '../arguments/help-with-notes.ts'
import { closest } from '../arguments/closest.ts'
import * as types from '../arguments/flag-types.ts'
import { withNegatives } from '../arguments/with-negatives.ts'
import { UsageError } from '../errors.ts'
import { queueDescription, queueExamples, queueNotes, queueUsage } from './queue-help.ts'

const name = 'jitney queue'

const flagTypes = {
  limit: {
    type: types.integer('--limit', 1, 1_000_000),
    placeholder: '<items>',
    description: 'Most items that peek and dead show (default: 20)',
  },
  all: {
    type: Boolean,
    default: false,
    description: 'All dead letters, instead of the ids',
  },
  to: {
    type: types.queueName('--to'),
    placeholder: '<queue>',
    description: 'Where move puts them',
  },
  yes: {
    type: Boolean,
    default: false,
    description: 'Say that purge is meant',
  },
  sqlite: {
    type: types.text('--sqlite'),
    placeholder: '<file>',
    description: 'The file that the queue is in, instead of Redis',
  },
  json: {
    type: Boolean,
    default: false,
    description: 'Write JSON, a line for each item',
  },
} as const

const looks = ['stats', 'peek', 'dead'] as const
const deeds = ['retry', 'move', 'remove'] as const
const actions = [...looks, ...deeds, 'purge'] as const

export interface QueueSettings {
  readonly action: (typeof actions)[number]
  readonly queue: string
  /** Which dead letters; all of them if it is undefined. */
  readonly ids: readonly string[] | undefined
  readonly to: string | undefined
  readonly limit: number
  readonly json: boolean
  readonly sqlite: string | undefined
}

/** Reads what stands after `jitney queue`. Throws a `UsageError` that names what it cannot take. */
export function readQueueArguments(argv: readonly string[]): QueueSettings {
  const parsed = cli(
    {
      name,
      parameters: ['[action]', '[queue]', '[ids...]'],
      flags: flagTypes,
      help: helpWithNotes(
        { description: queueDescription, usage: queueUsage, examples: queueExamples },
        queueNotes,
      ),
    },
    undefined,
    withNegatives(argv),
  )
  checkArguments(name, Object.keys(flagTypes), Infinity, parsed)
  const { flags, _: given } = parsed
  const action = readAction(given.action)
  const queue = readQueue(given.queue, action)
  const { ids } = given
  const isDeed = deeds.some((each) => each === action)
  if (!isDeed && ids.length > 0) {
    throw new UsageError(
      `Cannot run ${name} ${action}: expected a queue alone, received ${ids.join(' ')}`,
    )
  }
  if (isDeed && ids.length > 0 === flags.all) {
    const received = flags.all ? 'both' : 'neither'
    throw new UsageError(
      `Cannot run ${name} ${action}: expected ids of dead letters or --all, received ${received}`,
    )
  }
  if ((action === 'move') !== (flags.to !== undefined)) {
    throw new UsageError(`Cannot run ${name} ${action}: --to and move belong together`)
  }
  if (action === 'purge' && !flags.yes) {
    throw new UsageError(
      `Cannot run ${name} purge: it deletes what waits; add --yes if that is meant`,
    )
  }
  return {
    action,
    queue,
    ids: flags.all ? undefined : ids,
    to: flags.to,
    limit: flags.limit ?? 20,
    json: flags.json,
    sqlite: flags.sqlite,
  }
}

function readAction(given: string | undefined): QueueSettings['action'] {
  const action = actions.find((each) => each === given)
  if (action !== undefined) return action
  const all = actions.join(', ')
  if (given === undefined) {
    throw new UsageError(`Cannot run ${name}: expected one of ${all}, received nothing`)
  }
  const meant = closest(given, actions)
  const hint = meant === undefined ? `the actions are ${all}` : `did you mean ${meant}?`
  throw new UsageError(`Cannot run ${name} ${given}: unknown action; ${hint}`)
}

function readQueue(given: string | undefined, action: string): string {
  if (given !== undefined && /^[\w.-]+$/.test(given)) return given
  const received = given === undefined ? 'nothing' : `'${given}'`
  throw new UsageError(
    `Cannot run ${name} ${action}: expected the name of a queue of letters, digits, _ . and -, received ${received}`,
  )
}
