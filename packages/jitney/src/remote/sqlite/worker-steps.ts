import type { Claim, Completion } from '../transport.ts'
import type { Row, Value } from './database.ts'
import { idOf } from './rows.ts'
import { delayed, held, ready } from './schema.ts'
import type { Tables } from './tables.ts'

/** What was claimed, and how many milliseconds later there may be more. */
export interface Claimed {
  readonly claims: readonly Claim[]
  readonly untilDue: number
}

export function claim(
  tables: Tables,
  now: number,
  queueName: string,
  worker: string,
  credit: number,
  lease: number,
): Claimed {
  const queue = tables.queue(queueName)
  if (untilDue(tables, queue, now) <= 0) {
    tables.run(
      `update jitney_item set state = ${ready} where queue = ? and state = ${delayed} and due_at <= ?`,
      queue,
      now,
    )
  }
  const claims = hold(
    tables,
    { queue, worker, lease, now },
    0,
    `select id from jitney_item where queue = ? and state = ${ready} order by rank, id limit ?`,
    [queue, Math.min(credit, 1_000_000)],
  )
  return { claims, untilDue: untilDue(tables, queue, now) }
}

export function takeOver(
  tables: Tables,
  now: number,
  queueName: string,
  worker: string,
  sizes: readonly number[],
  lease: number,
): Claim[] {
  const queue = tables.queue(queueName)
  const lost = `from jitney_item
    where queue = ? and state = ${held} and lease_end <= ? and holder <> ?`
  const first = tables.get(`select crashes ${lost} order by lease_end, id`, queue, now, worker)
  if (first === undefined) return []
  const crashes = Number(first['crashes'])
  const size = sizes[Math.min(crashes, sizes.length - 1)] ?? 1
  return hold(
    tables,
    { queue, worker, lease, now },
    1,
    `select id ${lost} and crashes = ? order by lease_end, id limit ?`,
    [queue, now, worker, crashes, size],
  )
}

export function heartbeat(
  tables: Tables,
  now: number,
  queueName: string,
  worker: string,
  tokens: readonly string[],
  lease: number,
): string[] {
  const queue = tables.queue(queueName)
  hear(tables, { queue, worker, lease, now })
  return tokens.filter((token) => {
    const [id, generation] = readToken(token)
    const changes = tables.run(
      `update jitney_item set lease_end = ?
       where id = ? and generation = ? and state = ${held} and holder = ?`,
      now + lease,
      id,
      generation,
      worker,
    )
    return changes === 0
  })
}

export function complete(
  tables: Tables,
  now: number,
  queueName: string,
  worker: string,
  completions: readonly Completion[],
  retention: number,
): boolean[] {
  const queue = tables.queue(queueName)
  let ended = 0
  const verdicts = completions.map((completion) => {
    const [id, generation] = readToken(completion.token)
    if (completion.kind === 'retry') {
      const changes = tables.run(
        `update jitney_item
         set state = ${delayed}, generation = generation + 1, crashes = 0, holder = null, due_at = ?
         where id = ? and generation = ? and state = ${held} and holder = ?`,
        now + completion.delay,
        id,
        generation,
        worker,
      )
      return changes > 0
    }
    const item = tables.get(
      `delete from jitney_item where id = ? and generation = ?
       returning client, sequence, body, rank, attempts, wants_reply`,
      id,
      generation,
    )
    if (item === undefined) return false
    ended += 1
    if (completion.kind === 'dead') bury(tables, queue, item, completion.reason, now)
    tables.reply(queue, item, completion.body, now + retention)
    return true
  })
  tables.count(queue, -ended)
  return verdicts
}

export function release(tables: Tables, worker: string, tokens: readonly string[]): void {
  for (const token of tokens) {
    const [id, generation] = readToken(token)
    tables.run(
      `update jitney_item set state = ${ready}, attempts = attempts - 1, holder = null
       where id = ? and generation = ? and state = ${held} and holder = ?`,
      id,
      generation,
      worker,
    )
  }
}

export function forgetWorker(tables: Tables, queueName: string, worker: string): void {
  const queue = tables.queue(queueName)
  tables.run(
    `update jitney_item set state = ${ready}, attempts = attempts - 1, holder = null
     where queue = ? and state = ${held} and holder = ?`,
    queue,
    worker,
  )
  tables.run('delete from jitney_worker where queue = ? and worker = ?', queue, worker)
}

/** Who takes items, and when. */
interface Holder {
  readonly queue: number
  readonly worker: string
  readonly lease: number
  readonly now: number
}

/** @param crashes how many more workers were lost with them. */
function hold(
  tables: Tables,
  { queue, worker, lease, now }: Holder,
  crashes: number,
  selected: string,
  values: readonly Value[],
): Claim[] {
  const rows = tables.all(
    `update jitney_item
     set state = ${held}, holder = ?, lease_end = ?, attempts = attempts + 1, crashes = crashes + ?
     where id in (${selected})
     returning id, generation, client, sequence, body, attempts, crashes, deadline, rank`,
    worker,
    now + lease,
    crashes,
    ...values,
  )
  // Looking for items is no reason to write.
  if (rows.length > 0) hear(tables, { queue, worker, lease, now })
  // They are given back in no order.
  rows.sort((one, other) => order(one, 'rank', other) || order(one, 'id', other))
  return rows.map((row) => ({
    token: `${Number(row['id'])}.${Number(row['generation'])}`,
    id: idOf(row),
    body: row['body'] as Uint8Array,
    attempt: Number(row['attempts']),
    crashes: Number(row['crashes']),
    timeToLive: row['deadline'] === null ? Infinity : Number(row['deadline']) - now,
  }))
}

function bury(tables: Tables, queue: number, item: Row, reason: string, now: number): void {
  const { client, sequence, body, rank, attempts } = item
  tables.run(
    `insert into jitney_dead_letter
       (queue, client, sequence, body, rank, attempts, reason, died_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    queue,
    client!,
    sequence!,
    body!,
    rank!,
    attempts!,
    reason,
    now,
  )
}

/** Milliseconds until a delayed item is due. */
function untilDue(tables: Tables, queue: number, now: number): number {
  const first = tables.get(
    `select min(due_at) as due from jitney_item where queue = ? and state = ${delayed}`,
    queue,
  )
  return first?.['due'] == null ? Infinity : Math.max(0, Number(first['due']) - now)
}

function order(one: Row, column: string, other: Row): number {
  return Number(one[column]) - Number(other[column])
}

function readToken(token: string): [id: number, generation: number] {
  const [id, generation] = token.split('.')
  return [Number(id), Number(generation)]
}

/** Takes note that a worker is there. */
function hear(tables: Tables, { queue, worker, lease, now }: Holder): void {
  tables.run(
    `insert into jitney_worker (queue, worker, lease, heard_at) values (?, ?, ?, ?)
     on conflict do update set heard_at = excluded.heard_at`,
    queue,
    worker,
    lease,
    now,
  )
}
