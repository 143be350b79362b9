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
    where queue = ? and state = ${held} and lease_end <= ?`
  const first = tables.get(`select crashes ${lost} order by lease_end, id`, queue, now)
  if (first === undefined) return []
  const crashes = Number(first['crashes'])
  const size = sizes[Math.min(crashes, sizes.length - 1)] ?? 1
  return hold(
    tables,
    { queue, worker, lease, now },
    1,
    `select id ${lost} and crashes = ? order by lease_end, id limit ?`,
    [queue, now, crashes, size],
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
  if (tokens.length === 0) return []
  const own = tables.all(
    `update jitney_item set lease_end = ?
     where id in (select value from json_each(?)) and state = ${held} and holder = ?
     returning id, generation`,
    now + lease,
    JSON.stringify(tokens.map((token) => readToken(token)[0])),
    worker,
  )
  const kept = new Set(own.map(tokenOf))
  return tokens.filter((token) => !kept.has(token))
}

export function complete(
  tables: Tables,
  now: number,
  queueName: string,
  worker: string,
  completions: readonly Completion[],
  retention: number,
  maxDeadLetters: number,
): boolean[] {
  const queue = tables.queue(queueName)
  const taken = takeOut(
    tables,
    completions.filter(({ kind }) => kind !== 'retry').map(({ token }) => token),
  )
  const ended = taken.size
  const replies: { item: Row; body: Uint8Array }[] = []
  const verdicts = completions.map((completion) => {
    const { token } = completion
    if (completion.kind === 'retry') return retry(tables, worker, token, now + completion.delay)
    const item = taken.get(token)
    if (item === undefined) return false
    // A second one of the same call comes too late.
    taken.delete(token)
    if (completion.kind === 'dead') bury(tables, queue, item, completion.reason, now)
    replies.push({ item, body: completion.body })
    return true
  })
  if (completions.some(({ kind }) => kind === 'dead')) dropOldest(tables, queue, maxDeadLetters)
  tables.addReplies(queue, replies, now + retention)
  tables.count(queue, -ended)
  return verdicts
}

function retry(tables: Tables, worker: string, token: string, dueAt: number): boolean {
  const [id, generation] = readToken(token)
  const changes = tables.run(
    `update jitney_item
     set state = ${delayed}, generation = generation + 1, crashes = 0, holder = null, due_at = ?
     where id = ? and generation = ? and state = ${held} and holder = ?`,
    dueAt,
    id,
    generation,
    worker,
  )
  return changes > 0
}

/** Deletes items that are not done, and gives those that were there, by token. */
function takeOut(tables: Tables, tokens: readonly string[]): Map<string, Row> {
  const listed = 'where id in (select value from json_each(?))'
  const asked = JSON.stringify(tokens.map((token) => readToken(token)[0]))
  const wanted = new Set(tokens)
  const current = tables
    .all(`select id, generation from jitney_item ${listed}`, asked)
    .filter((row) => wanted.has(tokenOf(row)))
  if (current.length === 0) return new Map()
  const rows = tables.all(
    `delete from jitney_item ${listed}
     returning id, generation, client, sequence, body, rank, attempts, wants_reply`,
    JSON.stringify(current.map(({ id }) => Number(id))),
  )
  return new Map(rows.map((row) => [tokenOf(row), row]))
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
    token: tokenOf(row),
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

/** Deletes the oldest dead letters, beyond so many. */
function dropOldest(tables: Tables, queue: number, most: number): void {
  if (most === Infinity) return
  tables.run(
    `delete from jitney_dead_letter where id in (
       select id from jitney_dead_letter where queue = ? order by id desc limit -1 offset ?)`,
    queue,
    most,
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

function tokenOf({ id, generation }: Row): string {
  return `${Number(id)}.${Number(generation)}`
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
