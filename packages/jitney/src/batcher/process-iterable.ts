import { endOfTurn } from '../platform/turn.ts'

/** What takes the items of a source. */
interface Target<Item, Result> {
  process(item: Item, signal: AbortSignal): Promise<Result>
  /** Nothing more can come for now: sends what is queued without waiting for company. */
  send(): void
}

/** What becomes of one item. */
interface Outcome<Result> {
  readonly promise: Promise<Result>
  settled: boolean
}

/**
 * Results of a source's items in input order, with at most `ahead` items taken from it and not yet
 * given out.
 *
 * - The source is pulled lazily, one item at a time, and closed once, whichever way this ends.
 * - The end, of whatever kind, takes back all that is queued and in flight.
 */
export function processIterable<Item, Result>(
  source: Iterable<Item> | AsyncIterable<Item>,
  ahead: number,
  signal: AbortSignal | undefined,
  target: Target<Item, Result>,
): AsyncIterableIterator<Result> {
  const stop = new AbortController()
  const outcomes: Outcome<Result>[] = []
  let iterator: Iterator<Item> | AsyncIterator<Item> | undefined
  let pulling = false
  let ended = false
  let left = false
  let wake = ignore

  const keep = (promise: Promise<Result>): void => {
    const outcome = { promise, settled: false }
    const settle = (): void => {
      outcome.settled = true
    }
    // Its failure is told in its turn.
    promise.then(settle, settle)
    outcomes.push(outcome)
  }

  /** Takes items from the source until there are enough. */
  const pull = async (from: Iterator<Item> | AsyncIterator<Item>): Promise<void> => {
    pulling = true
    while (!ended && outcomes.length < ahead) {
      try {
        const { done, value } = await from.next()
        const item = (await value) as Item
        if (ended) break
        ended = done === true
        if (!ended) keep(target.process(item, stop.signal))
      } catch (error) {
        ended = true
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever the source threw
        keep(Promise.reject(error))
      }
      wake()
    }
    pulling = false
    if (ended || outcomes[0]?.settled !== true) target.send()
  }

  const abort = (): void => {
    stop.abort(signal?.reason)
    wake()
  }

  async function* results(): AsyncGenerator<Result, void, undefined> {
    signal?.throwIfAborted()
    signal?.addEventListener('abort', abort)
    try {
      iterator = open(source)
      for (;;) {
        stop.signal.throwIfAborted()
        if (!pulling && !ended) void pull(iterator)
        const [first] = outcomes
        if (first !== undefined) {
          const result = await first.promise
          outcomes.shift()
          if (!pulling && !ended) void pull(iterator)
          yield result
        } else if (ended) return
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } catch (error) {
      if (!left) throw error
    } finally {
      signal?.removeEventListener('abort', abort)
      stop.abort()
      if (!ended && iterator !== undefined) {
        ended = true
        const closed = close(iterator)
        // One that is still being asked after that may never answer.
        if (pulling) await endOfTurn()
        if (!pulling) await closed
      }
    }
  }

  const generator = results()
  const leave = generator.return.bind(generator)
  generator.return = (value) => {
    // A generator hears of it only after a `next` that it is busy with.
    left = true
    stop.abort()
    wake()
    return leave(value)
  }
  return generator
}

function open<Item>(
  source: Iterable<Item> | AsyncIterable<Item>,
): Iterator<Item> | AsyncIterator<Item> {
  const { [Symbol.asyncIterator]: async, [Symbol.iterator]: sync } = source as AsyncIterable<Item> &
    Iterable<Item>
  return async === undefined ? sync.call(source) : async.call(source)
}

async function close(iterator: Iterator<unknown> | AsyncIterator<unknown>): Promise<void> {
  try {
    await iterator.return?.()
  } catch {
    // The loop has ended for another reason, which counts.
  }
}

function ignore(): void {}
