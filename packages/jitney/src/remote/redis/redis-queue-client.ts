import type {
  Reply,
  Submission,
  SubmissionVerdict,
  TransportClient,
  WaitOptions,
} from '../transport.ts'
import { entriesOf, listOf, numberOf, textOf } from './answers.ts'
import { pack, Packed } from './packed.ts'
import type { QueueLink } from './queue-link.ts'
import { script } from './script.ts'
import { cancel } from './scripts/cancel.ts'
import { closeClient } from './scripts/close-client.ts'
import { submit } from './scripts/submit.ts'
import { WaitingConnection } from './waiting-connection.ts'

const scripts = { submit: script(submit), cancel: script(cancel), close: script(closeClient) }
const verdicts: readonly SubmissionVerdict[] = ['accepted', 'full', 'lost']
/** Most of anything in one call: what a script can pass on, and others wait for it. */
const portion = 1000

/** An entry of the stream of replies, until all in it are settled. */
interface Entry {
  readonly id: string
  readonly sequences: Set<number>
  readonly bytes: number
}

export class RedisQueueClient implements TransportClient {
  readonly #link: QueueLink
  readonly #client: string
  readonly #waiting: WaitingConnection
  readonly #entries: Map<number, Entry> = new Map()
  /** Settled before their replies were seen. */
  readonly #early: Set<number> = new Set()
  /** Entries in which nothing is wanted any more, to be deleted with the next call. */
  #spare: Entry[] = []
  #last = '0-0'
  #heardAt = 0

  constructor(link: QueueLink, client: string) {
    this.#link = link
    this.#client = client
    this.#waiting = new WaitingConnection(link.given, link.connection)
  }

  async submit(
    items: readonly Submission[],
    settled: readonly number[],
  ): Promise<readonly SubmissionVerdict[]> {
    const told: SubmissionVerdict[] = []
    let from = 0
    do {
      const part = items.slice(from, from + portion)
      told.push(...(await this.#submit(part, settled.slice(from, from + portion))))
      from += portion
    } while (from < items.length || from < settled.length)
    return told
  }

  async #submit(
    items: readonly Submission[],
    settled: readonly number[],
  ): Promise<SubmissionVerdict[]> {
    const { retention, maxItems, maxReplyBytes } = this.#link.settings
    const spare = this.#spare.splice(0, portion)
    const bytes = spare.reduce((sum, entry) => sum + entry.bytes, 0)
    this.#heardAt = performance.now()
    try {
      const answer = await this.#link.run(
        scripts.submit,
        [this.#client],
        [
          this.#client,
          retention,
          maxItems,
          maxReplyBytes,
          bytes,
          pack(spare.map(({ id }) => id)),
          pack(settled.map(String)),
          packedItems(items),
        ],
      )
      const [said, there] = listOf(answer)
      // Also those that are still to be read.
      for (const unread = new Packed(there); unread.left > 0;) this.#settle(Number(unread.text()))
      return Array.from(textOf(said), (digit) => verdicts[Number(digit) - 1] ?? 'lost')
    } catch (error) {
      // All that was not settled comes again, as replies may be among what was lost.
      this.#last = '0-0'
      this.#spare.push(...spare)
      throw error
    }
  }

  async replies(options: WaitOptions): Promise<readonly Reply[]> {
    const { keys, settings } = this.#link
    // Whoever only waits is not away.
    if (performance.now() - this.#heardAt > settings.retention / 4) await this.#submit([], [])
    const [known, stream] = keys.of(this.#client)
    const isFirst = this.#last === '0-0'
    try {
      const answer = await this.#waiting.read(stream, this.#last, options)
      const replies = entriesOf(answer).flatMap(([id, fields]) => this.#take(id, listOf(fields)[1]))
      return isFirst && replies.length > 0 ? await this.#unsettled(known, replies) : replies
    } catch (error) {
      this.#last = '0-0'
      throw error
    }
  }

  /** An entry stays while one of its replies is wanted: those beside it may be settled, by an earlier link. */
  async #unsettled(known: string, replies: readonly Reply[]): Promise<readonly Reply[]> {
    const sequences = replies.map(({ sequence }) => String(sequence))
    const answer = listOf(await this.#link.connection.send(['HMGET', known, ...sequences]))
    for (const [place, { sequence }] of replies.entries()) {
      if (!answer[place]) this.#settle(sequence)
    }
    return replies.filter((_, place) => answer[place])
  }

  #take(id: string, list: unknown): Reply[] {
    this.#last = id
    const replies: Reply[] = []
    const sequences = new Set<number>()
    let bytes = 0
    for (const packed = new Packed(list); packed.left > 0;) {
      const sequence = Number(packed.text())
      const body = packed.bytes()
      replies.push({ sequence, body })
      sequences.add(sequence)
      bytes += body.byteLength
    }
    const entry: Entry = { id, sequences, bytes }
    for (const { sequence } of replies) {
      this.#leave(sequence)
      this.#entries.set(sequence, entry)
      if (this.#early.delete(sequence)) this.#settle(sequence)
    }
    return replies.filter(({ sequence }) => sequences.has(sequence))
  }

  #settle(sequence: number): void {
    if (!this.#leave(sequence)) this.#early.add(sequence)
  }

  /** Takes a reply out of its entry, if it is in one. */
  #leave(sequence: number): boolean {
    const entry = this.#entries.get(sequence)
    if (entry === undefined) return false
    this.#entries.delete(sequence)
    entry.sequences.delete(sequence)
    if (entry.sequences.size === 0) this.#spare.push(entry)
    return true
  }

  async cancel(sequences: readonly number[]): Promise<readonly number[]> {
    const taken: number[] = []
    for (let from = 0; from < sequences.length; from += portion) {
      const part = sequences.slice(from, from + portion)
      const answer = await this.#link.run(scripts.cancel, [], [this.#client, ...part])
      taken.push(...listOf(answer).map(numberOf))
    }
    return taken
  }

  async close(): Promise<void> {
    this.#waiting.close()
    try {
      await this.#link.run(scripts.close, [this.#client], [this.#client])
    } finally {
      this.#link.close()
    }
  }
}

function packedItems(items: readonly Submission[]): Uint8Array {
  const values: (string | number | Uint8Array)[] = []
  for (const { sequence, body, priority, timeToLive } of items) {
    const left = timeToLive === Infinity ? -1 : Math.max(0, Math.ceil(timeToLive))
    values.push(String(sequence), body, Math.sign(priority), left)
  }
  return pack(values)
}
