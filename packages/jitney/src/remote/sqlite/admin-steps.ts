import type { DeadLetter, QueuedItem, QueueStats } from '../transport.ts'
import type { Row } from './database.ts'
import { idOf, partsOf } from './rows.ts'
import { delayed, held, ready } from './schema.ts'
import type { Tables } from './tables.ts'

export function stats(
  tables: Tables,
  now: number,
  queueName: string,
  maxItems: number,
): QueueStats {
  const queue = tables.queue(queueName)
  tables.expire(queue, now, true)
  tables.run('delete from jitney_worker where queue = ? and heard_at + lease * 10 < ?', queue, now)
  const count = (what: string): number =>
    Number(tables.get(`select count(*) as count from ${what}`, queue)?.['count'])
  const counts = {
    queued: count(`jitney_item where queue = ? and state = ${ready}`),
    delayed: count(`jitney_item where queue = ? and state = ${delayed}`),
    active: count(`jitney_item where queue = ? and state = ${held}`),
    dead: count('jitney_dead_letter where queue = ?'),
    replies: count('jitney_reply where queue = ?'),
  }
  const oldest = tables.get(
    `select min(submitted_at) as oldest from jitney_item where queue = ? and state = ${ready}`,
    queue,
  )
  const workers = tables.all(
    `select worker, heard_at,
       (select count(*) from jitney_item
        where queue = jitney_worker.queue and state = ${held} and holder = worker) as held
     from jitney_worker where queue = ? order by worker`,
    queue,
  )
  const remembered = counts.queued + counts.delayed + counts.active + counts.replies
  return {
    ...counts,
    remembered,
    maxItems,
    oldestAge: counts.queued === 0 ? 0 : now - Number(oldest?.['oldest']),
    workers: workers.map((row) => ({
      id: row['worker'] as string,
      held: Number(row['held']),
      silence: now - Number(row['heard_at']),
    })),
  }
}

export function peek(tables: Tables, now: number, queueName: string, most: number): QueuedItem[] {
  const rows = tables.all(
    `select client, sequence, body, attempts, submitted_at as since from jitney_item
     where queue = ? and state = ${ready} order by rank, id limit ?`,
    tables.queue(queueName),
    most,
  )
  return rows.map((row) => viewOf(row, now))
}

export function purge(
  tables: Tables,
  now: number,
  queueName: string,
  most: number,
  reply: Uint8Array,
  retention: number,
): number {
  const queue = tables.queue(queueName)
  const rows = tables.all(
    `delete from jitney_item where id in (
       select id from jitney_item where queue = ? and state <> ${held} order by id limit ?)
     returning client, sequence, wants_reply`,
    queue,
    most,
  )
  tables.addReplies(
    queue,
    rows.map((item) => ({ item, body: reply })),
    now + retention,
  )
  tables.count(queue, -rows.length)
  return rows.length
}

export function deadLetters(
  tables: Tables,
  now: number,
  queueName: string,
  most: number,
  after: string | undefined,
): DeadLetter[] {
  const queue = tables.queue(queueName)
  const last =
    after === undefined
      ? undefined
      : tables.get(
          `select max(id) as id from jitney_dead_letter
           where queue = ? and client = ? and sequence = ?`,
          queue,
          ...partsOf(after),
        )
  const rows = tables.all(
    `select client, sequence, body, attempts, reason, died_at as since from jitney_dead_letter
     where queue = ? and id > ? order by id limit ?`,
    queue,
    last?.['id'] ?? 0,
    most,
  )
  return rows.map((row) => ({ ...viewOf(row, now), reason: row['reason'] as string }))
}

export function retryDeadLetters(
  tables: Tables,
  now: number,
  queueName: string,
  ids: readonly string[],
): number {
  const queue = tables.queue(queueName)
  const rows = exhume(tables, queue, ids)
  tables.addItems(
    rows.map(({ client, sequence, body, rank }) => [
      queue,
      client!,
      sequence!,
      body!,
      rank!,
      now,
      null,
      0,
    ]),
  )
  tables.count(queue, rows.length)
  return rows.length
}

export function removeDeadLetters(
  tables: Tables,
  queueName: string,
  ids: readonly string[],
): number {
  return exhume(tables, tables.queue(queueName), ids).length
}

function exhume(tables: Tables, queue: number, ids: readonly string[]): Row[] {
  return ids.flatMap((id) =>
    tables.all(
      `delete from jitney_dead_letter where queue = ? and client = ? and sequence = ?
       returning client, sequence, body, rank`,
      queue,
      ...partsOf(id),
    ),
  )
}

function viewOf(row: Row, now: number): QueuedItem {
  return {
    id: idOf(row),
    body: row['body'] as Uint8Array,
    attempts: Number(row['attempts']),
    age: now - Number(row['since']),
  }
}
