import type { Claim, Completion, TransportWorker, WaitOptions } from '../transport.ts'
import { claimsOf, clientOf, listOf, numberOf, partsOf, textOf } from './answers.ts'
import type { QueueLink } from './queue-link.ts'
import { pack } from './packed.ts'
import { script } from './script.ts'
import { claim } from './scripts/claim.ts'
import { complete } from './scripts/complete.ts'
import { heartbeat } from './scripts/heartbeat.ts'
import { release } from './scripts/release.ts'
import { takeOver } from './scripts/take-over.ts'
import { WaitingConnection } from './waiting-connection.ts'

const scripts = {
  claim: script(claim),
  complete: script(complete),
  heartbeat: script(heartbeat),
  release: script(release),
  takeOver: script(takeOver),
}
/** Most of anything in one call: what a script can pass on, and others wait for it. */
const portion = 1000

export class RedisQueueWorker implements TransportWorker {
  readonly #link: QueueLink
  readonly #worker: string
  readonly #lease: number
  readonly #waiting: WaitingConnection
  /** What was claimed and not ended, as far as this side knows. */
  readonly #held: Set<string> = new Set()
  #isClosed = false

  constructor(link: QueueLink, worker: string, lease: number) {
    this.#link = link
    this.#worker = worker
    this.#lease = Math.ceil(lease)
    this.#waiting = new WaitingConnection(link.given, link.connection)
  }

  async claim(credit: number, { wait, signal }: WaitOptions): Promise<readonly Claim[]> {
    const end = performance.now() + wait
    const most = Math.min(credit, portion)
    if (most < 1) return []
    while (!signal.aborted && !this.#isClosed) {
      const answer = await this.#link.run(scripts.claim, [], [this.#worker, this.#lease, most])
      const [bell, untilDue, list] = listOf(answer)
      const claims = claimsOf(list)
      if (claims.length > 0) return this.#keep(claims)
      const left = end - performance.now()
      if (left <= 0) break
      const next = numberOf(untilDue)
      const pause = next < 0 ? left : Math.min(left, next)
      // Not before it is due, by a clock that only has milliseconds.
      await this.#waiting.read(this.#link.keys.bell, textOf(bell), { wait: pause + 1, signal })
    }
    return []
  }

  async takeOver(sizes: readonly number[]): Promise<readonly Claim[]> {
    const known = sizes.map((size) => Math.min(size, portion))
    const args = [this.#worker, this.#lease, ...known]
    return this.#keep(claimsOf(await this.#link.run(scripts.takeOver, [], args)))
  }

  async heartbeat(tokens: readonly string[]): Promise<readonly string[]> {
    const lost: string[] = []
    let from = 0
    do {
      const part = tokens.slice(from, from + portion)
      const args = [this.#worker, this.#lease, ...part.flatMap(partsOf)]
      const places = listOf(await this.#link.run(scripts.heartbeat, [], args)).map(numberOf)
      lost.push(...places.map((place) => part[place - 1]!))
      from += portion
    } while (from < tokens.length)
    for (const token of lost) this.#held.delete(token)
    return lost
  }

  async complete(completions: readonly Completion[]): Promise<readonly boolean[]> {
    const counted: boolean[] = []
    for (let from = 0; from < completions.length; from += portion) {
      counted.push(...(await this.#complete(completions.slice(from, from + portion))))
    }
    return counted
  }

  async #complete(completions: readonly Completion[]): Promise<boolean[]> {
    const clients = new Map<string, number>()
    const placeOf = (client: string): number => {
      const place = clients.get(client) ?? clients.size
      clients.set(client, place)
      return place
    }
    const values: (string | number | Uint8Array)[] = []
    for (const completion of completions) {
      const { token, kind } = completion
      const [id, generation] = partsOf(token)
      const client = clientOf(id)
      const sequence = id.slice(client.length + 1)
      const body = kind === 'retry' ? '' : completion.body
      const extra =
        kind === 'retry' ? Math.ceil(completion.delay) : kind === 'dead' ? completion.reason : ''
      values.push(id, Number(generation), sequence, placeOf(client), kind, body, extra)
    }
    const { maxDeadLetters, retention } = this.#link.settings
    const answer = await this.#link.run(
      scripts.complete,
      [...clients.keys()],
      [this.#worker, retention, maxDeadLetters, pack(values)],
    )
    for (const { token } of completions) this.#held.delete(token)
    return Array.from(textOf(answer), (digit) => digit === '1')
  }

  async release(tokens: readonly string[]): Promise<void> {
    for (let from = 0; from < tokens.length; from += portion) {
      const part = tokens.slice(from, from + portion)
      await this.#link.run(scripts.release, [], [this.#worker, ...part.flatMap(partsOf)])
      for (const token of part) this.#held.delete(token)
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#waiting.close()
    try {
      await this.release([...this.#held])
      await this.#link.connection.send(['ZREM', this.#link.keys.workers, this.#worker])
    } finally {
      this.#link.close()
    }
  }

  #keep(claims: readonly Claim[]): readonly Claim[] {
    for (const { token } of claims) this.#held.add(token)
    return claims
  }
}
