import type {
  Claim,
  Completion,
  DeadLetter,
  QueuedItem,
  QueueStats,
  Submission,
  SubmissionVerdict,
} from '../transport.ts'
import { Arrivals } from '../arrivals.ts'
import { DeadLetters } from './dead-letters.ts'
import type { Item } from './item.ts'
import { KeptReplies } from './kept-replies.ts'
import type { MemorySettings } from './memory-transport.ts'
import { ReadyLine } from './ready-line.ts'

/** A worker as the queue knows it. */
interface KnownWorker {
  readonly lease: number
  heardAt: number
}

type Identity = Pick<Item, 'id' | 'client' | 'sequence' | 'body' | 'priority'>

/** One queue, with all that is known of it. Each method is one step: nothing in it waits. */
export class MemoryQueue {
  readonly #settings: MemorySettings
  /** All that are not done, by id and by token. */
  readonly #items: Map<string, Item> = new Map()
  readonly #tokens: Map<string, Item> = new Map()
  readonly #ready: ReadyLine = new ReadyLine()
  readonly #delayed: Set<Item> = new Set()
  readonly #held: Set<Item> = new Set()
  readonly #clients: Map<string, KeptReplies> = new Map()
  readonly #workers: Map<string, KnownWorker> = new Map()
  readonly #deadLetters: DeadLetters
  #lastToken = 0
  readonly itemArrivals: Arrivals
  readonly replyArrivals: Arrivals

  constructor(settings: MemorySettings) {
    this.#settings = settings
    this.#deadLetters = new DeadLetters(settings.maxDeadLetters)
    this.itemArrivals = new Arrivals(settings.clock)
    this.replyArrivals = new Arrivals(settings.clock)
  }

  submit(
    client: string,
    items: readonly Submission[],
    settled: readonly number[],
  ): SubmissionVerdict[] {
    this.#expire()
    const replies = this.#repliesOf(client)
    for (const sequence of settled) {
      replies.delete(sequence)
      // Somebody who gave up waiting: it runs, but there is nobody to tell.
      const item = this.#items.get(idOf(client, sequence))
      if (item !== undefined) item.wantsReply = false
    }
    const verdicts = items.map((item) => this.#take(client, replies, item))
    this.itemArrivals.announce()
    return verdicts
  }

  /** Replies that came after the one of this order. */
  repliesSince(client: string, order: number): ReturnType<KeptReplies['since']> {
    return this.#repliesOf(client).since(order)
  }

  cancel(client: string, sequences: readonly number[]): number[] {
    return sequences.filter((sequence) => {
      const item = this.#items.get(idOf(client, sequence))
      const isFree = item !== undefined && this.#takeOut(item)
      if (isFree) this.#forget(item)
      return isFree
    })
  }

  forgetClient(client: string): void {
    this.#clients.delete(client)
    for (const item of this.#items.values()) if (item.client === client) item.wantsReply = false
    this.replyArrivals.announce()
  }

  /** Takes note that a worker is there. */
  hear(worker: string, lease: number): void {
    this.#workers.set(worker, { lease, heardAt: this.#now() })
  }

  claim(worker: string, credit: number): Claim[] {
    const now = this.#now()
    for (const item of this.#delayed) if (item.dueAt <= now) this.#makeReady(item)
    const claims: Claim[] = []
    for (const item of this.#ready) {
      if (claims.length >= credit) break
      this.#ready.delete(item)
      claims.push(this.#hold(item, worker))
    }
    return claims
  }

  takeOver(worker: string, sizes: readonly number[]): Claim[] {
    const now = this.#now()
    const left = [...this.#held].filter(({ leaseEnd }) => leaseEnd <= now)
    const crashes = left[0]?.crashes ?? 0
    const size = sizes[Math.min(crashes, sizes.length - 1)] ?? 1
    return left
      .filter((item) => item.crashes === crashes)
      .slice(0, size)
      .map((item) => {
        item.crashes += 1
        return this.#hold(item, worker)
      })
  }

  heartbeat(worker: string, tokens: readonly string[]): string[] {
    const leaseEnd = this.#leaseEndOf(worker)
    return tokens.filter((token) => {
      const item = this.#heldBy(worker, token)
      if (item !== undefined) item.leaseEnd = leaseEnd
      return item === undefined
    })
  }

  complete(worker: string, completions: readonly Completion[]): boolean[] {
    const verdicts = completions.map((completion) => this.#complete(worker, completion))
    this.itemArrivals.announce()
    this.replyArrivals.announce()
    return verdicts
  }

  release(worker: string, tokens: readonly string[]): void {
    for (const token of tokens) {
      const item = this.#heldBy(worker, token)
      if (item === undefined) continue
      item.attempts -= 1
      this.#makeReady(item)
    }
    this.itemArrivals.announce()
  }

  forgetWorker(worker: string): void {
    const held = [...this.#held].filter(({ holder }) => holder === worker)
    this.release(
      worker,
      held.map(({ token }) => token),
    )
    this.#workers.delete(worker)
  }

  /** Milliseconds until a delayed item is due. */
  untilDue(): number {
    const due = Math.min(Infinity, ...[...this.#delayed].map(({ dueAt }) => dueAt))
    return Math.max(0, due - this.#now())
  }

  stats(): QueueStats {
    this.#expire()
    const now = this.#now()
    const [oldest] = [...this.#ready].sort((one, other) => one.submittedAt - other.submittedAt)
    const replies = [...this.#clients.values()].reduce((sum, { size }) => sum + size, 0)
    return {
      queued: this.#ready.size,
      delayed: this.#delayed.size,
      active: this.#held.size,
      dead: this.#deadLetters.size,
      replies,
      remembered: this.#items.size + replies,
      oldestAge: oldest === undefined ? 0 : now - oldest.submittedAt,
      maxItems: this.#settings.maxItems,
      workers: [...this.#workers].map(([id, { heardAt }]) => ({
        id,
        held: [...this.#held].filter(({ holder }) => holder === id).length,
        silence: now - heardAt,
      })),
    }
  }

  peek(most: number): QueuedItem[] {
    return [...this.#ready]
      .slice(0, most)
      .map((item) => viewOf(item, this.#now() - item.submittedAt))
  }

  purge(most: number, reply: Uint8Array): number {
    const items = [...this.#ready, ...this.#delayed].slice(0, most)
    for (const item of items) {
      this.#takeOut(item)
      this.#end(item, reply)
    }
    this.replyArrivals.announce()
    return items.length
  }

  deadLetters(most: number, after?: string): DeadLetter[] {
    return this.#deadLetters.list(most, after, this.#now())
  }

  retryDeadLetters(ids: readonly string[]): number {
    const items = this.#deadLetters.take(ids)
    for (const item of items) this.#add(item, Infinity, false)
    this.itemArrivals.announce()
    return items.length
  }

  removeDeadLetters(ids: readonly string[]): number {
    return this.#deadLetters.take(ids).length
  }

  #take(client: string, replies: KeptReplies, submission: Submission): SubmissionVerdict {
    const { sequence, body, priority, timeToLive } = submission
    const id = idOf(client, sequence)
    const { retention, maxItems, maxReplyBytes } = this.#settings
    const now = this.#now()
    if (this.#items.has(id)) return 'accepted'
    if (replies.renew(sequence, now + retention)) {
      this.replyArrivals.announce()
      return 'accepted'
    }
    if (this.#items.size >= maxItems || replies.bytes >= maxReplyBytes) return 'full'
    this.#add({ id, client, sequence, body, priority }, now + timeToLive, true)
    return 'accepted'
  }

  #add(
    { id, client, sequence, body, priority }: Identity,
    deadline: number,
    wantsReply: boolean,
  ): void {
    const item: Item = {
      id,
      client,
      sequence,
      body,
      priority,
      submittedAt: this.#now(),
      deadline,
      wantsReply,
      token: '',
      attempts: 0,
      crashes: 0,
      holder: undefined,
      leaseEnd: 0,
      dueAt: 0,
    }
    this.#items.set(id, item)
    this.#name(item)
    this.#ready.add(item, false)
  }

  /** Under a token of its own: what was said of the last attempt counts no more. */
  #name(item: Item): void {
    this.#tokens.delete(item.token)
    item.token = String((this.#lastToken += 1))
    this.#tokens.set(item.token, item)
  }

  #hold(item: Item, worker: string): Claim {
    item.attempts += 1
    item.holder = worker
    item.leaseEnd = this.#leaseEndOf(worker)
    this.#held.add(item)
    const { token, id, body, attempts, crashes, deadline } = item
    return { token, id, body, attempt: attempts, crashes, timeToLive: deadline - this.#now() }
  }

  #leaseEndOf(worker: string): number {
    return this.#now() + (this.#workers.get(worker)?.lease ?? 0)
  }

  #heldBy(worker: string, token: string): Item | undefined {
    const item = this.#tokens.get(token)
    return item?.holder === worker ? item : undefined
  }

  #complete(worker: string, completion: Completion): boolean {
    const { token } = completion
    const item = this.#tokens.get(token)
    if (item === undefined) return false
    if (completion.kind === 'retry') {
      if (this.#heldBy(worker, token) === undefined) return false
      this.#held.delete(item)
      item.holder = undefined
      item.crashes = 0
      this.#name(item)
      item.dueAt = this.#now() + completion.delay
      this.#delayed.add(item)
      return true
    }
    this.#takeOut(item)
    this.#held.delete(item)
    if (completion.kind === 'dead') {
      this.#deadLetters.add(item, completion.reason, this.#now())
    }
    this.#end(item, completion.body)
    return true
  }

  /** Takes an item that nobody holds from where it waits; says whether it did. */
  #takeOut(item: Item): boolean {
    return this.#ready.delete(item) || this.#delayed.delete(item)
  }

  #makeReady(item: Item): void {
    this.#held.delete(item)
    this.#delayed.delete(item)
    item.holder = undefined
    this.#ready.add(item, true)
  }

  #end(item: Item, reply: Uint8Array): void {
    this.#forget(item)
    if (!item.wantsReply) return
    const expiry = this.#now() + this.#settings.retention
    this.#repliesOf(item.client).add(item.sequence, reply, expiry)
  }

  #forget(item: Item): void {
    this.#items.delete(item.id)
    this.#tokens.delete(item.token)
  }

  #repliesOf(client: string): KeptReplies {
    let replies = this.#clients.get(client)
    if (replies === undefined) this.#clients.set(client, (replies = new KeptReplies()))
    return replies
  }

  #expire(): void {
    for (const [client, replies] of this.#clients) {
      replies.expire(this.#now())
      if (replies.size === 0) this.#clients.delete(client)
    }
    for (const [id, { heardAt, lease }] of this.#workers) {
      if (heardAt + lease * 10 < this.#now()) this.#workers.delete(id)
    }
  }

  #now(): number {
    return this.#settings.clock.now()
  }
}

function idOf(client: string, sequence: number): string {
  return `${client}:${sequence}`
}

function viewOf({ id, body, attempts }: Item, age: number): QueuedItem {
  return { id, body, attempts, age }
}
