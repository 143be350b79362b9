import type { DeadLetter, QueuedItem, QueueStats, TransportAdmin } from '../transport.ts'
import { bytesOf, clientOf, listOf, numberOf, rows, textOf } from './answers.ts'
import type { QueueLink } from './queue-link.ts'
import type { RedisArgument } from './redis-client.ts'
import { script } from './script.ts'
import { countReplies } from './scripts/count-replies.ts'
import { listDeadLetters, removeDeadLetters, retryDeadLetters } from './scripts/dead-letters.ts'
import { peek } from './scripts/peek.ts'
import { purge } from './scripts/purge.ts'
import { stats } from './scripts/stats.ts'

const scripts = {
  deadLetters: script(listDeadLetters),
  peek: script(peek),
  purge: script(purge),
  remove: script(removeDeadLetters),
  replies: script(countReplies),
  retry: script(retryDeadLetters),
  stats: script(stats),
}
/** Most of anything in one call: what a script can pass on, and others wait for it. */
const portion = 1000

export class RedisQueueAdmin implements TransportAdmin {
  readonly #link: QueueLink

  constructor(link: QueueLink) {
    this.#link = link
  }

  async stats(): Promise<QueueStats> {
    const { retention, maxItems } = this.#link.settings
    const answer = listOf(await this.#link.run(scripts.stats, [], [retention]))
    const [queued = 0, delayed = 0, active = 0, dead = 0, items = 0, oldestAge = 0] = answer
      .slice(0, 6)
      .map(numberOf)
    const clients = listOf(answer[6]).map(textOf)
    const kept = await Promise.all(clients.map((client) => this.#repliesOf(client)))
    const replies = kept.reduce((sum, count) => sum + count, 0)
    const workers = Array.from(rows(answer[7], 3), ([id, held, silence]) => {
      return { id: textOf(id), held: numberOf(held), silence: numberOf(silence) }
    })
    const remembered = items + replies
    return { queued, delayed, active, dead, replies, remembered, oldestAge, maxItems, workers }
  }

  async peek(most: number): Promise<readonly QueuedItem[]> {
    const answer = await this.#link.run(scripts.peek, [], [Math.min(most, portion)])
    return Array.from(rows(answer, 4), itemOf)
  }

  async purge(most: number, reply: Uint8Array): Promise<number> {
    let purged = 0
    while (purged < most) {
      const ids = await this.#idsOf(Math.min(most - purged, portion))
      if (ids.length === 0) break
      const clients = [...new Set(ids.map(clientOf))]
      const args: (RedisArgument | number)[] = [this.#link.settings.retention, reply]
      for (const id of ids) args.push(id, clients.indexOf(clientOf(id)))
      purged += numberOf(await this.#link.run(scripts.purge, clients, args))
    }
    return purged
  }

  async deadLetters(most: number, after = ''): Promise<readonly DeadLetter[]> {
    const args = [Math.min(most, portion), after]
    const answer = await this.#link.run(scripts.deadLetters, [], args)
    return Array.from(rows(answer, 5), (row) => ({ ...itemOf(row), reason: textOf(row[4]) }))
  }

  async retryDeadLetters(ids: readonly string[]): Promise<number> {
    return this.#each(scripts.retry, ids)
  }

  async removeDeadLetters(ids: readonly string[]): Promise<number> {
    return this.#each(scripts.remove, ids)
  }

  async close(): Promise<void> {
    this.#link.close()
  }

  async #each(each: (typeof scripts)['retry'], ids: readonly string[]): Promise<number> {
    let count = 0
    for (let from = 0; from < ids.length; from += portion) {
      count += numberOf(await this.#link.run(each, [], ids.slice(from, from + portion)))
    }
    return count
  }

  async #repliesOf(client: string): Promise<number> {
    const { retention } = this.#link.settings
    return numberOf(await this.#link.run(scripts.replies, [client], [retention]))
  }

  /** Items that nobody holds. */
  async #idsOf(most: number): Promise<string[]> {
    const { keys, connection } = this.#link
    const ids: string[] = []
    for (const key of [keys.waiting, keys.later]) {
      const left = most - ids.length
      if (left <= 0) break
      const answer = await connection.send(['ZRANGE', key, '0', String(left - 1)])
      ids.push(...listOf(answer).map(textOf))
    }
    return ids
  }
}

function itemOf([id, body, attempts, age]: readonly unknown[]): QueuedItem {
  return { id: textOf(id), body: bytesOf(body), attempts: numberOf(attempts), age: numberOf(age) }
}
