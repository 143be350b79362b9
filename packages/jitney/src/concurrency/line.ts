import { checkFunction, checkSignal, fields, type Guard, optional } from '../platform/guards.ts'
import { onAbort } from '../platform/on-abort.ts'
import { inPromiseJob } from '../platform/turn.ts'

/** What those who wait in a line may say of it. */
interface WaitOptions {
  readonly weight?: number | undefined
  readonly signal?: AbortSignal | undefined
}

interface Waiter {
  readonly need: number
  readonly signal: AbortSignal | undefined
  readonly onServed: () => unknown
  /** Ends the wait. */
  readonly leave: () => void
}

/**
 * Those who wait for a share of something, and the order in which they get it.
 *
 * - First come, first served: nobody passes a heavier one who came before.
 * - Joining, leaving and being served take constant time on average, at any length.
 * - Who has left is not kept.
 */
export interface Line<Share, Value = void> {
  readonly waiters: ReadonlyMap<unknown, Waiter>
  /** Who is first, past those who are about to hear that their signal has aborted. */
  readonly foremost: Waiter | undefined
  /** What a newcomer may take; less than nothing while others wait, unless one of them is being served. */
  free(): number
  /**
   * What `take` gives, now or in turn. Rejects for wrong options, with the reason of a signal that
   * aborts before, and with what `take` throws.
   */
  enrol(options?: WaitOptions, value?: Value): Promise<Share>
  /** What `take` gives, if a newcomer may take so much now. */
  tryNow(options?: WaitOptions, value?: Value): { value: Share } | undefined
  /** Serves in turn, never at once. Returns what ends the wait. */
  onAllowance(weight: number, serve: () => void): () => void
  /** Serves all who fit: to be called whenever more may be free. */
  serveAll(): void
}

/**
 * @param free how much can be taken now.
 * @param take takes it.
 * @param guards how the weight is checked, where there is one.
 * @param onRest told when who is first may have changed, and was not served.
 */
export function createLine<Share, Value = void>(
  action: string,
  free: () => number,
  take: (weight: number, value: Value | undefined) => Share,
  guards?: { readonly weight: Guard<number> },
  onRest?: () => void,
): Line<Share, Value> {
  const read = fields<WaitOptions>({ ...guards, signal: optional(checkSignal) })
  /** By number, in the order in which they came. */
  const waiters = new Map<number, Waiter>()
  /** Nobody has a lower number. */
  let head = 0
  let tail = 0
  let serving = false

  const join = (
    weight: number,
    serve: () => unknown,
    reject?: (reason: unknown) => void,
    signal?: AbortSignal,
  ): (() => void) => {
    const place = (tail += 1)
    const leave = (): void => {
      if (!waiters.delete(place)) return
      stop?.()
      if (signal?.aborted) reject?.(signal.reason)
      line.serveAll()
    }
    const stop = signal && onAbort(signal, leave)
    waiters.set(place, { need: weight, signal, onServed: serve, leave })
    onRest?.()
    return leave
  }

  const line: Line<Share, Value> = {
    waiters,
    get foremost() {
      while (waiters.size > 0) {
        const first = waiters.get(head)
        if (!first) head += 1
        else if (first.signal?.aborted) first.leave()
        else return first
      }
      return undefined
    },
    free: () => (serving || waiters.size === 0 ? free() : -1),
    enrol: (options, value) =>
      new Promise((resolve, reject) => {
        const { weight = 1, signal } = read(action, 'options', options)
        const serve = (): void => {
          try {
            resolve(take(weight, value))
          } catch (error) {
            // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- whatever was thrown
            reject(error)
          }
        }
        signal?.throwIfAborted()
        if (weight <= line.free()) serve()
        else join(weight, serve, reject, signal)
      }),
    tryNow(options, value) {
      const { weight = 1 } = read(action, 'options', options)
      return weight <= line.free() ? { value: take(weight, value) } : undefined
    },
    onAllowance(need, serve) {
      checkFunction(action, 'serve', serve)
      if (!serving) inPromiseJob(line.serveAll)
      const { weight = 1 } = read(action, 'options', { weight: need })
      // What it throws is an unhandled rejection, and keeps nobody waiting.
      return join(weight, async () => serve())
    },
    serveAll() {
      if (serving) return
      serving = true
      const last = tail
      for (let first = line.foremost; first && first.need <= free(); first = line.foremost) {
        if (head > last) {
          // Now and then by a timer: whoever enrols again for ever keeps nobody else from running.
          const soon = head % 10_000 === 0 ? setTimeout : inPromiseJob
          soon(line.serveAll)
          break
        }
        first.leave()
        first.onServed()
      }
      serving = false
      onRest?.()
    },
  }
  return line
}
