import { endOfTurn } from '../platform/turn.ts'
import { sendQueued } from './callers/flushing.ts'
import type { SharedSlots } from './departure/sharing.ts'
import type { State } from './state.ts'

/** What becomes of one item. */
interface Outcome<Result> {
  readonly promise: Promise<Result>
  settled?: boolean
}

/**
 * Results of a source's items in input order, with at most a batch for each slot and one more taken
 * from it and not yet given out.
 *
 * - The source is pulled lazily, one item at a time, and closed once, whichever way this ends; while
 *   it is being asked for an item, nobody waits for it.
 * - The end, of whatever kind, takes back all that is queued and in flight.
 */
export function processIterable<Item, Result>(
  state: State,
  source: Iterable<Item> | AsyncIterable<Item>,
  signal: AbortSignal | undefined,
  process: (item: Item, signal: AbortSignal) => Promise<Result>,
): AsyncIterableIterator<Result> {
  const { concurrency, maxBatchSize, maxQueueSize } = state.settings
  // A number has no capacity but itself.
  const { capacity = concurrency as number } = concurrency as Partial<SharedSlots>
  // No more than 10,000: streams take constant memory, whatever the batches are.
  const ahead = Math.min(maxBatchSize * (capacity + 1), maxQueueSize, 10_000)
  const stop = new AbortController()
  const outcomes: Outcome<Result>[] = []
  /** Whether the source is being asked; `undefined` when it has ended. */
  let asking: boolean | undefined = true
  /** Resolves when anything has happened; both loops wait for that. */
  let change: Promise<void> | undefined
  let wake: (() => void) | undefined

  const tell = (): void => {
    wake?.()
    change = new Promise((resolve) => {
      wake = resolve
    })
  }

  const keep = (promise: Promise<Result>): void => {
    const outcome: Outcome<Result> = { promise }
    const settle = (): void => {
      outcome.settled = true
      tell()
    }
    // Its failure is told in its turn.
    promise.then(settle, settle)
    outcomes.push(outcome)
  }

  /** Takes items from the source, as far ahead as it may. */
  const pull = async (): Promise<void> => {
    try {
      for await (const item of source) {
        asking = false
        keep(process(item, stop.signal))
        // Nothing more can come for now.
        if (outcomes.length >= ahead && !outcomes[0]?.settled) sendQueued(state)
        while (outcomes.length >= ahead && !stop.signal.aborted) await change
        if (stop.signal.aborted) return
        asking = true
      }
    } catch (error) {
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever the source threw
      keep(Promise.reject(error))
    }
    asking = undefined
    sendQueued(state)
    tell()
  }

  const end = (): void => {
    stop.abort(signal?.reason)
    tell()
  }

  async function* results(): AsyncGenerator<Result, void, undefined> {
    signal?.throwIfAborted()
    signal?.addEventListener('abort', end)
    tell()
    const pulled = pull()
    try {
      while (!stop.signal.aborted) {
        const [first] = outcomes
        if (first?.settled) {
          outcomes.shift()
          tell()
          yield await first.promise
        } else if (asking === undefined && !first) return
        else await change
      }
      signal?.throwIfAborted()
    } finally {
      signal?.removeEventListener('abort', end)
      end()
      if (asking) await endOfTurn()
      if (!asking) await pulled
    }
  }

  const generator = results()
  for (const name of ['return', 'throw'] as const) {
    const leave = generator[name]
    generator[name] = (value: never) => {
      // A generator hears of it only after a `next` that it is busy with.
      end()
      return leave.call(generator, value)
    }
  }
  return generator
}
