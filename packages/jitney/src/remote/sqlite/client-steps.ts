import type { Reply, Submission, SubmissionVerdict } from '../transport.ts'
import type { Value } from './database.ts'
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
  settle(tables, queue, client, settled)
  if (items.length === 0) return []
  tables.expire(queue, now)
  const { maxItems, maxReplyBytes, retention } = bounds
  const known = knownOf(tables, queue, client, items, now + retention)
  let size = Number(tables.get('select items from jitney_queue where id = ?', queue)?.['items'])
  const before = size
  const bytes = tables.get(
    'select sum(length(body)) as bytes from jitney_reply where queue = ? and client = ?',
    queue,
    client,
  )
  const isOverBytes = Number(bytes?.['bytes']) >= maxReplyBytes
  const rows: Value[][] = []
  const verdicts = items.map((item): SubmissionVerdict => {
    const { sequence, body, priority, timeToLive } = item
    if (known.has(sequence)) return 'accepted'
    if (size >= maxItems || isOverBytes) return 'full'
    size += 1
    known.add(sequence)
    const deadline = timeToLive === Infinity ? null : now + timeToLive
    rows.push([queue, client, sequence, body, -Math.sign(priority), now, deadline, 1])
    return 'accepted'
  })
  tables.addItems(rows)
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

const these = `where queue = ? and client = ?
  and sequence in (select value from json_each(?))`

/** Which of these are known. They are remembered for longer; replies come again. */
function knownOf(
  tables: Tables,
  queue: number,
  client: string,
  items: readonly Submission[],
  expiry: number,
): Set<number> {
  const sequences = JSON.stringify(items.map(({ sequence }) => sequence))
  const values = [queue, client, sequences] as const
  const rows = tables.all(`select sequence from jitney_item ${these}`, ...values)
  const replied = tables.all(
    `delete from jitney_reply ${these} returning client, sequence, body, 1 as wants_reply`,
    ...values,
  )
  tables.addReplies(
    queue,
    replied.map((item) => ({ item, body: item['body'] as Uint8Array })),
    expiry,
  )
  return new Set([...rows, ...replied].map(({ sequence }) => Number(sequence)))
}

function settle(tables: Tables, queue: number, client: string, sequences: readonly number[]): void {
  if (sequences.length === 0) return
  const values = [queue, client, JSON.stringify(sequences)] as const
  const changes = tables.run(`delete from jitney_reply ${these}`, ...values)
  if (changes === sequences.length) return
  // Somebody who gave up waiting: it runs, but there is nobody to tell.
  tables.run(`update jitney_item set wants_reply = 0 ${these}`, ...values)
}
