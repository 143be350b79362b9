import type { Reply, Submission, SubmissionVerdict } from '../transport.ts'
import { held } from './schema.ts'
import type { Tables } from './tables.ts'

/** Bounds that a submission meets. */
export interface Bounds {
  readonly maxItems: number
  readonly maxReplyBytes: number
  readonly retention: number
}

/** A reply, and its place among all: a link asks for those after the last it has seen. */
export interface OrderedReply extends Reply {
  readonly order: number
}

export function submit(
  tables: Tables,
  now: number,
  queueName: string,
  client: string,
  items: readonly Submission[],
  settled: readonly number[],
  bounds: Bounds,
): SubmissionVerdict[] {
  const queue = tables.queue(queueName)
  for (const sequence of settled) settle(tables, queue, client, sequence)
  if (items.length === 0) return []
  tables.run('delete from jitney_reply where queue = ? and expiry <= ?', queue, now)
  const { maxItems, maxReplyBytes, retention } = bounds
  let size = Number(tables.get('select items from jitney_queue where id = ?', queue)?.['items'])
  const before = size
  const bytes = tables.get(
    'select sum(length(body)) as bytes from jitney_reply where queue = ? and client = ?',
    queue,
    client,
  )
  const isOverBytes = Number(bytes?.['bytes']) >= maxReplyBytes
  const verdicts = items.map((item): SubmissionVerdict => {
    const { sequence, body, priority, timeToLive } = item
    if (isKnown(tables, queue, client, sequence, now + retention)) return 'accepted'
    if (size >= maxItems || isOverBytes) return 'full'
    size += 1
    const deadline = timeToLive === Infinity ? null : now + timeToLive
    tables.insert(queue, client, sequence, body, -Math.sign(priority), now, deadline, 1)
    return 'accepted'
  })
  tables.count(queue, size - before)
  return verdicts
}

export function replies(
  tables: Tables,
  queueName: string,
  client: string,
  after: number,
): OrderedReply[] {
  const rows = tables.all(
    `select id, sequence, body from jitney_reply
     where queue = ? and client = ? and id > ? order by id`,
    tables.queue(queueName),
    client,
    after,
  )
  return rows.map(({ id, sequence, body }) => ({
    order: id as number,
    sequence: sequence as number,
    body: body as Uint8Array,
  }))
}

export function cancel(
  tables: Tables,
  queueName: string,
  client: string,
  sequences: readonly number[],
): number[] {
  const queue = tables.queue(queueName)
  const cancelled = sequences.filter(
    (sequence) =>
      tables.run(
        `delete from jitney_item
         where queue = ? and client = ? and sequence = ? and state <> ${held}`,
        queue,
        client,
        sequence,
      ) > 0,
  )
  tables.count(queue, -cancelled.length)
  return cancelled
}

export function forgetClient(tables: Tables, queueName: string, client: string): void {
  const queue = tables.queue(queueName)
  tables.run('delete from jitney_reply where queue = ? and client = ?', queue, client)
  tables.run('update jitney_item set wants_reply = 0 where queue = ? and client = ?', queue, client)
}

/** What is known is remembered for longer; a reply comes again. */
function isKnown(
  tables: Tables,
  queue: number,
  client: string,
  sequence: number,
  expiry: number,
): boolean {
  const values = [queue, client, sequence] as const
  const known = 'where queue = ? and client = ? and sequence = ?'
  if (tables.get(`select 1 from jitney_item ${known}`, ...values) !== undefined) return true
  const reply = tables.get(`delete from jitney_reply ${known} returning body`, ...values)
  if (reply === undefined) return false
  tables.reply(queue, { client, sequence, wants_reply: 1 }, reply['body'] as Uint8Array, expiry)
  return true
}

function settle(tables: Tables, queue: number, client: string, sequence: number): void {
  const changes = tables.run(
    'delete from jitney_reply where queue = ? and client = ? and sequence = ?',
    queue,
    client,
    sequence,
  )
  if (changes > 0) return
  // Somebody who gave up waiting: it runs, but there is nobody to tell.
  tables.run(
    'update jitney_item set wants_reply = 0 where queue = ? and client = ? and sequence = ?',
    queue,
    client,
    sequence,
  )
}
