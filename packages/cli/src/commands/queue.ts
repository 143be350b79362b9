import { randomUUID } from 'node:crypto'
import { type RemoteDeadLetter, type RemoteItem, RemoteQueue, type Transport } from 'jitney/remote'
import { RunError } from '../errors.ts'
import { openTransport } from '../queues/open-transport.ts'
import { itemLine } from '../queues/show-item.ts'
import { statsLines } from '../queues/show-stats.ts'
import { type QueueSettings, readQueueArguments } from './queue-arguments.ts'

/** How many dead letters are asked for at once. */
const portion = 500

/** Runs `jitney queue`; resolves to the exit code. */
export async function runQueue(argv: readonly string[]): Promise<number> {
  const settings = readQueueArguments(argv)
  const { transport, reach, close } = openTransport(settings.sqlite)
  await reach()
  const opened = new RemoteQueue(settings.queue, { transport })
  try {
    for (const line of await linesOf(settings, transport, opened)) console.log(line)
    return 0
  } catch (error) {
    throw new RunError(`Cannot ${settings.action} ${settings.queue}: ${(error as Error).message}`)
  } finally {
    await opened.close()
    await close()
  }
}

async function linesOf(
  settings: QueueSettings,
  transport: Transport,
  queue: RemoteQueue,
): Promise<readonly string[]> {
  const { action, queue: name, ids, limit, json } = settings
  const which = ids ?? 'all'
  switch (action) {
    case 'stats': {
      const stats = await queue.stats()
      return json ? [JSON.stringify({ name, ...stats })] : statsLines(name, stats)
    }
    case 'peek':
      return listed(await queue.peek(limit), json, 'nothing waits')
    case 'dead':
      return listed(await take(limit, queue), json, 'no dead letters')
    case 'purge':
      return said('purged', await queue.purge(), json)
    case 'retry':
      return said('queued again', await queue.deadLetters.retry(which), json)
    case 'remove':
      return said('removed', await queue.deadLetters.remove(which), json)
    case 'move':
      return said('moved', await move(settings, transport), json)
  }
}

function listed(items: readonly RemoteItem[], json: boolean, none: string): string[] {
  if (json) return items.map((item) => JSON.stringify(item))
  return items.length === 0 ? [none] : items.map(itemLine)
}

function said(deed: string, count: number, json: boolean): string[] {
  return [json ? JSON.stringify({ count }) : `${deed}: ${count}`]
}

/** So many dead letters, a portion at a time. */
async function take(most: number, queue: RemoteQueue): Promise<RemoteDeadLetter[]> {
  const letters: RemoteDeadLetter[] = []
  while (letters.length < most) {
    const after = letters.at(-1)?.id
    const next = await queue.deadLetters.list({
      most: Math.min(portion, most - letters.length),
      after,
    })
    if (next.length === 0) break
    letters.push(...next)
  }
  return letters
}

/** In the other queue first: what is cut off in between is in both, and not lost. */
async function move(
  { queue: from, to, ids }: QueueSettings,
  transport: Transport,
): Promise<number> {
  const admin = transport.admin(from)
  const client = transport.client(to!, `moved-${randomUUID()}`)
  const moved: string[] = []
  let sequence = 0
  try {
    for (let after: string | undefined, isFull = false; !isFull;) {
      const letters = await admin.deadLetters(portion, after)
      after = letters.at(-1)?.id
      if (after === undefined) break
      const wanted = letters.filter(({ id }) => ids?.includes(id) ?? true)
      const items = wanted.map(({ body }) => {
        return { sequence: (sequence += 1), body, priority: 0, timeToLive: Infinity }
      })
      const verdicts = await client.submit(items, [])
      const accepted = wanted.filter((_, place) => verdicts[place] === 'accepted')
      moved.push(...accepted.map(({ id }) => id))
      isFull = accepted.length < wanted.length
    }
    return await admin.removeDeadLetters(moved)
  } finally {
    await client.close()
    await admin.close()
  }
}
