import { Batcher } from '../../batcher/constructor.ts'
import type { BatchError } from '../../batcher/errors.ts'
import { type Clock, systemClock } from '../../platform/clock.ts'
import { typed } from '../../platform/guards.ts'
import { Arrivals } from '../arrivals.ts'
import type {
  Reply,
  Transport,
  TransportAdmin,
  TransportClient,
  TransportWorker,
} from '../transport.ts'
import { waitFor } from '../wait-for.ts'
import { DatabaseThread } from './database-thread.ts'
import type { Operation, ResultOf, StepName, ValuesOf } from './operations.ts'
import {
  readSqliteOptions,
  type SqliteSettings,
  type SqliteTransportOptions,
  urlOf,
} from './options.ts'
import { Poll } from './poll.ts'

/** Queues in a file, until it is closed. */
export interface SqliteTransport extends Transport, AsyncDisposable {
  /** Ends what is under way, and closes the file. Close clients and workers before. */
  close(): Promise<void>
}

/**
 * Queues in a file of SQLite, for processes of one machine: what is accepted survives the end of any
 * process, and of the machine, as far as its disk keeps what it has synced.
 *
 * - **Durable.** Each commit is synced before anybody hears of it; all that is asked for while one is
 *   under way shares the next.
 * - **Off the event loop.** SQLite has a thread of its own.
 * - **Several processes** share a file: they look for each other's work each `pollInterval`, while
 *   they wait for some. Not over a network's file system.
 * - **Time** is the calendar's: a clock that is set forward lets leases end early, and items run
 *   again.
 *
 * @param file its path; made if it is not there, with `-wal` and `-shm` beside it.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts no-run
 * import { RemoteBatcher } from 'jitney/remote'
 * import { sqliteTransport } from 'jitney/sqlite'
 *
 * const transport = sqliteTransport('queues.db') // binding: 'libsql' on Node 20
 * const mails = new RemoteBatcher<{ to: string }, string>('mails', { transport })
 * await mails.process({ to: 'ada@example.org' })
 * ```
 */
export function sqliteTransport(file: string, options?: SqliteTransportOptions): SqliteTransport {
  const action = 'create sqliteTransport'
  typed<string>('string')(action, 'file', file)
  const settings = readSqliteOptions(action, 'options', options)
  const store = new SqliteStore(file, settings)
  return {
    retention: settings.retention,
    client: (queue, client) => clientOf(store, queue, client),
    worker: (queue, worker, { lease }) => workerOf(store, queue, worker, lease),
    admin: (queue) => adminOf(store, queue),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  }
}

/** What all links of a file share. */
class SqliteStore {
  readonly settings: SqliteSettings
  readonly clock: Clock
  /** Of items and replies alike. */
  readonly arrivals: Arrivals
  readonly poll: Poll
  readonly #thread: DatabaseThread
  readonly #commits: Batcher<Operation, unknown>

  constructor(file: string, settings: SqliteSettings) {
    this.settings = settings
    this.clock = settings.clock ?? systemClock
    this.arrivals = new Arrivals(this.clock)
    const thread = new DatabaseThread(
      { file, binding: urlOf(settings.binding) },
      settings.nodeArguments,
    )
    this.#thread = thread
    this.poll = new Poll(this.clock, settings.pollInterval, this.arrivals, async () =>
      Number(await thread.ask({ kind: 'version' })),
    )
    // One transaction, and one sync, for all that comes while the last one is under way.
    this.#commits = new Batcher<Operation, unknown>(
      async (operations) => (await thread.ask({ kind: 'run', operations })) as unknown[],
      { maxBatchSize: 100 },
    )
  }

  get now(): number {
    // oxlint-disable-next-line no-restricted-properties -- processes share it, also after a restart
    return this.settings.clock?.now() ?? Date.now()
  }

  /** Resolves once it is on the disk. */
  async perform<Name extends StepName>(
    name: Name,
    ...values: ValuesOf<Name>
  ): Promise<ResultOf<Name>> {
    try {
      return (await this.#commits.process({ name, values } as unknown as Operation)) as never
    } catch (error) {
      // What the database said, without the batch that nobody knows of.
      const { cause } = error as BatchError
      if (cause instanceof Error) throw cause
      throw error
    }
  }

  async close(): Promise<void> {
    await this.#commits.close()
    await this.#thread.close()
  }
}

function clientOf(store: SqliteStore, queue: string, client: string): TransportClient {
  const { maxItems, maxReplyBytes, retention } = store.settings
  const bounds = { maxItems, maxReplyBytes, retention }
  let seen = 0
  let isClosed = false
  const newReplies = async (): Promise<Reply[] | undefined> => {
    if (isClosed) return undefined
    const replies = await store.perform('replies', queue, client, seen)
    seen = replies.at(-1)?.order ?? seen
    return replies.map(({ sequence, body }) => ({ sequence, body }))
  }
  return {
    submit: async (items, settled) => {
      const { now } = store
      const verdicts = await store.perform('submit', now, queue, client, items, settled, bounds)
      if (items.length > 0) store.arrivals.announce()
      return verdicts
    },
    replies: (options) =>
      store.poll.during(() =>
        waitFor(store.clock, options, { look: newReplies, arrivals: store.arrivals }),
      ),
    cancel: (sequences) => store.perform('cancel', queue, client, sequences),
    close: async () => {
      isClosed = true
      store.arrivals.announce()
      await store.perform('forgetClient', queue, client)
    },
  }
}

function workerOf(
  store: SqliteStore,
  queue: string,
  worker: string,
  lease: number,
): TransportWorker {
  const { retention, maxDeadLetters } = store.settings
  let isClosed = false
  let dueAt = Infinity
  return {
    claim: (credit, options) =>
      store.poll.during(() =>
        waitFor(store.clock, options, {
          look: async () => {
            if (isClosed) return undefined
            const { now } = store
            const asked = store.clock.now()
            const { claims, untilDue } = await store.perform(
              'claim',
              now,
              queue,
              worker,
              credit,
              lease,
            )
            dueAt = asked + untilDue
            return claims
          },
          arrivals: store.arrivals,
          untilNext: () => Math.max(0, dueAt - store.clock.now()),
        }),
      ),
    takeOver: (sizes) => store.perform('takeOver', store.now, queue, worker, sizes, lease),
    heartbeat: (tokens) => store.perform('heartbeat', store.now, queue, worker, tokens, lease),
    complete: async (completions) => {
      const counted = await store.perform(
        'complete',
        store.now,
        queue,
        worker,
        completions,
        retention,
        maxDeadLetters,
      )
      store.arrivals.announce()
      return counted
    },
    release: async (tokens) => {
      await store.perform('release', worker, tokens)
      store.arrivals.announce()
    },
    close: async () => {
      isClosed = true
      await store.perform('forgetWorker', queue, worker)
      store.arrivals.announce()
    },
  }
}

function adminOf(store: SqliteStore, queue: string): TransportAdmin {
  const { maxItems, retention } = store.settings
  return {
    stats: () => store.perform('stats', store.now, queue, maxItems),
    peek: (most) => store.perform('peek', store.now, queue, most),
    purge: async (most, reply) => {
      const purged = await store.perform('purge', store.now, queue, most, reply, retention)
      store.arrivals.announce()
      return purged
    },
    deadLetters: (most, after) => store.perform('deadLetters', store.now, queue, most, after),
    retryDeadLetters: async (ids) => {
      const retried = await store.perform('retryDeadLetters', store.now, queue, ids)
      store.arrivals.announce()
      return retried
    },
    removeDeadLetters: (ids) => store.perform('removeDeadLetters', queue, ids),
    close: async () => {},
  }
}
