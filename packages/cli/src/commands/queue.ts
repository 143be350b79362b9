import { randomUUID } from 'node:crypto'
import { type DeadLetter, purgedReply, type Transport, type TransportAdmin } from 'jitney/remote'
import { RunError } from '../errors.ts'
import { openTransport } from '../queues/open-transport.ts'
import { itemLine, itemRecord } from '../queues/show-item.ts'
import { statsLines } from '../queues/show-stats.ts'
import { type QueueSettings, readQueueArguments } from './queue-arguments.ts'

/** How many dead letters are asked for at once. */
const portion = 500

/** Runs `jitney queue`; resolves to the exit code. */
export async function queue(argv: readonly string[]): Promise<number> {
  const settings = readQueueArguments(argv)
  const { transport, close } = await openTransport()
  const admin = transport.admin(settings.queue)
  try {
    for (const line of await linesOf(settings, transport, admin)) console.log(line)
    return 0
  } catch (error) {
    throw new RunError(`Cannot ${settings.action} ${settings.queue}: ${(error as Error).message}`)
  } finally {
    await admin.close()
    close()
  }
}

async function linesOf(
  settings: QueueSettings,
  transport: Transport,
  admin: TransportAdmin,
): Promise<readonly string[]> {
  const { action, queue: name, limit, json } = settings
  const show = json ? (item: DeadLetter) => JSON.stringify(itemRecord(item)) : itemLine
  switch (action) {
    case 'stats': {
      const stats = await admin.stats()
      return json ? [JSON.stringify({ name, ...stats })] : statsLines(name, stats)
    }
    case 'peek': {
      const items = await admin.peek(limit)
      return items.length === 0 && !json
        ? ['nothing waits']
        : items.map((item) => show(item as never))
    }
    case 'dead': {
      const letters = await take(limit, (most, after) => admin.deadLetters(most, after))
      return letters.length === 0 && !json ? ['no dead letters'] : letters.map(show)
    }
    case 'purge':
      return said('purged', await admin.purge(Infinity, purgedReply()), json)
    case 'retry':
      return said(
        'queued again',
        await each(settings, admin, (ids) => admin.retryDeadLetters(ids)),
        json,
      )
    case 'remove':
      return said(
        'removed',
        await each(settings, admin, (ids) => admin.removeDeadLetters(ids)),
        json,
      )
    case 'move':
      return said('moved', await move(settings, transport, admin), json)
  }
}

function said(deed: string, count: number, json: boolean): string[] {
  return [json ? JSON.stringify({ count }) : `${deed}: ${count}`]
}

/** So many dead letters, a portion at a time. */
async function take(
  most: number,
  list: (most: number, after?: string) => Promise<readonly DeadLetter[]>,
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = []
  while (letters.length < most) {
    const next = await list(Math.min(portion, most - letters.length), letters.at(-1)?.id)
    if (next.length === 0) break
    letters.push(...next)
  }
  return letters
}

/** Does something with the ids that were given, or with all there are. Says with how many. */
async function each(
  { ids }: QueueSettings,
  admin: TransportAdmin,
  act: (ids: readonly string[]) => Promise<number>,
): Promise<number> {
  if (ids !== undefined) return act(ids)
  let count = 0
  for (;;) {
    const letters = await admin.deadLetters(portion)
    if (letters.length === 0) return count
    const done = await act(letters.map(({ id }) => id))
    // Somebody else is at it as well.
    if (done === 0) return count
    count += done
  }
}

/** In the other queue first: what is cut off in between is in both, and not lost. */
async function move(
  settings: QueueSettings,
  transport: Transport,
  admin: TransportAdmin,
): Promise<number> {
  const wanted = settings.ids === undefined ? undefined : new Set(settings.ids)
  const all = await take(Infinity, (most, after) => admin.deadLetters(most, after))
  const letters = wanted === undefined ? all : all.filter(({ id }) => wanted.has(id))
  const client = transport.client(settings.to!, `moved-${randomUUID()}`)
  let sequence = 0
  let count = 0
  for (let from = 0; from < letters.length; from += portion) {
    const part = letters.slice(from, from + portion)
    const items = part.map(({ body }) => {
      return { sequence: (sequence += 1), body, priority: 0, timeToLive: Infinity }
    })
    const verdicts = await client.submit(items, [])
    const accepted = part.filter((_, place) => verdicts[place] === 'accepted')
    count += await admin.removeDeadLetters(accepted.map(({ id }) => id))
    if (accepted.length < part.length) throw new Error(`${settings.to} is full; moved ${count}`)
  }
  await client.close()
  return count
}
