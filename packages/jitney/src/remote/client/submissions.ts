import { Batcher } from '../../batcher/constructor.ts'
import { outcome, type Outcome } from '../../batcher/outcome.ts'
import { retryForEver } from '../backoff.ts'
import { inTime } from '../in-time.ts'
import type { Submission, SubmissionVerdict, TransportClient } from '../transport.ts'
import { type Call, isWaiting } from './call.ts'
import type { RemoteSettings } from './options.ts'
import type { Settlements } from './settlements.ts'

/** Most bytes of one submission, unless a single item may have more. */
const submissionBytes = 4_194_304

/**
 * Brings items to the queue, many in one call, again and again until it says that it has them. All
 * under their own ids, so that a submission of which nobody knows whether it came does no harm.
 */
export class Submissions {
  readonly #client: TransportClient
  readonly #settings: RemoteSettings
  readonly #settlements: Settlements
  readonly #onLost: (call: Call) => void
  readonly #batcher: Batcher<Call, undefined>
  /** Items that the queue has said that it has, so far. */
  accepted: number = 0

  /** @param onLost the queue may not remember the id any more, or has no reply to it. */
  constructor(
    client: TransportClient,
    settings: RemoteSettings,
    settlements: Settlements,
    onLost: (call: Call) => void,
  ) {
    this.#client = client
    this.#settings = settings
    this.#settlements = settlements
    this.#onLost = onLost
    const { clock, maxItemBytes } = settings
    this.#batcher = new Batcher<Call, undefined>((calls) => this.#submit(calls), {
      maxBatchSize: 500,
      concurrency: 2,
      weight: {
        of: ({ body }) => body.byteLength,
        max: Math.max(submissionBytes, maxItemBytes),
      },
      retry: retryForEver,
      clock,
    })
  }

  add(call: Call): void {
    if (call.submitting) return
    call.submitting = true
    const { priority } = call
    // Rejects only when it is aborted: its caller heard of that.
    this.#batcher.process(call, priority === 0 ? undefined : { priority }).catch(() => {})
  }

  abort(): void {
    this.#batcher.abort()
  }

  /** Resolves when nothing is under way. */
  async end(): Promise<void> {
    await this.#batcher.close()
    await this.#batcher.onIdle()
  }

  async #submit(calls: readonly Call[]): Promise<(undefined | Outcome)[] | undefined> {
    const { clock, submitTimeout, transport } = this.#settings
    const now = clock.now()
    const live: Call[] = []
    for (const call of calls) {
      if (!isWaiting(call)) continue
      call.knownAt ??= now
      if (now - call.knownAt > transport.retention / 2) {
        this.#onLost(call)
        continue
      }
      call.underWay += 1
      live.push(call)
    }
    if (live.length === 0) return undefined
    const settled = this.#settlements.take()
    const submission = this.#client.submit(
      live.map((call) => submissionOf(call, now)),
      settled,
    )
    const end = (): void => {
      this.#end(live)
    }
    // Before anybody hears of what came of it.
    submission.then(end, end)
    let verdicts: readonly SubmissionVerdict[]
    try {
      verdicts = await inTime(clock, submitTimeout, submission)
    } catch (error) {
      this.#settlements.restore(settled)
      throw error
    }
    const again = new Set(live.filter((call, index) => this.#hear(call, verdicts[index], now)))
    return calls.map((call) => (again.has(call) ? outcome.retry() : undefined))
  }

  /** Takes note of a verdict; says whether to submit the item again. */
  #hear(call: Call, verdict: SubmissionVerdict | undefined, now: number): boolean {
    call.submitting = false
    if (!isWaiting(call)) return false
    if (verdict === 'accepted') {
      if (!call.accepted) this.accepted += 1
      call.accepted = true
      call.knownAt = now
    } else if (verdict === 'lost') {
      this.#onLost(call)
    } else {
      call.submitting = true
      // Unless an earlier submission may still come through.
      if (call.underWay === 0) call.knownAt = undefined
    }
    return call.submitting
  }

  #end(calls: readonly Call[]): void {
    for (const call of calls) {
      call.underWay -= 1
      if (call.underWay === 0 && !isWaiting(call)) this.#settlements.add(call)
    }
  }
}

function submissionOf({ sequence, body, priority, deadline }: Call, now: number): Submission {
  return { sequence, body, priority, timeToLive: Math.max(0, deadline - now) }
}
