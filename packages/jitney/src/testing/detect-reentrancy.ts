/// <reference lib="esnext.disposable" preserve="true" />
import { Batcher } from '../batcher/batcher.ts'
import { hearing } from '../concurrency/limit.ts'
import { builtin } from '../platform/builtin.ts'
import type { BatchMessage } from '../platform/diagnostics.ts'

/** A call inside a batch function that would wait for that very function. */
export class ReentrancyError extends Error {
  static {
    ReentrancyError.prototype.name = 'ReentrancyError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_REENTRANCY'
}

interface Storage<Store = BatchMessage> {
  getStore(): Store | undefined
  run<Result>(store: Store, call: () => Result): Result
}

/** A call of a limiter that is under way, and the one it was made in. */
interface LimitedCall {
  readonly limiter: object
  readonly outer: LimitedCall | undefined
  hasEnded: boolean
}

interface StartChannel {
  bindStore(storage: Storage): void
  unbindStore(storage: Storage): void
}

interface AsyncHooks {
  AsyncLocalStorage: new <Store>() => Storage<Store>
}

interface DiagnosticsChannels {
  tracingChannel(name: string): { readonly start: StartChannel }
}

type Waiting = (this: AnyBatcher, ...parameters: never[]) => Promise<unknown>
type AnyBatcher = Batcher<unknown, unknown>

/** What waits for a slot, and what waits for the running batches themselves. */
const methods = { process: 'slot', flush: 'slot', close: 'batches', onIdle: 'batches' } as const

let stop: (() => void) | undefined
let users = 0

/**
 * Finds calls that would wait for themselves: `process` or `flush` inside a batch function of the
 * same batcher while no slot is free, and `close` or `onIdle` there at any time; a call of a `limit`
 * inside of one that holds a place of it, while no place is free. Awaited, such a call ends only by the
 * batcher's `timeout`, or never; while the detector is on, its promise rejects at once with a
 * `ReentrancyError`, so that the test fails and says why. The call itself is made all the same, and
 * one that nobody awaits changes nothing.
 *
 * For tests: it follows every batch of the process through an `AsyncLocalStorage`. A way around
 * through a second batcher is not seen.
 *
 * @returns what ends it: `stop()`, or the end of a `using` block.
 * @throws Error where the runtime has no `AsyncLocalStorage` or no diagnostics channels.
 *
 * @example
 * ```ts
 * import { Batcher } from 'jitney'
 * import { detectReentrancy } from 'jitney/testing'
 *
 * const detector = detectReentrancy()
 * const sums: Batcher<number, number> = new Batcher(async (numbers: number[]) =>
 *   Promise.all(numbers.map(async (n) => (n === 0 ? 0 : n + (await sums.process(n - 1))))),
 * )
 * const code = await sums.process(2).catch((error) => error.cause.code)
 * code // => 'JITNEY_REENTRANCY'
 * detector.stop()
 * ```
 */
export function detectReentrancy(): Disposable & { stop(): void } {
  users += 1
  stop ??= start()
  let on = true
  const end = (): void => {
    if (!on) return
    on = false
    users -= 1
    if (users > 0) return
    stop?.()
    stop = undefined
  }
  return { stop: end, [Symbol.dispose]: end }
}

function start(): () => void {
  const hooks = builtin<AsyncHooks>('node:async_hooks')
  const channels = builtin<DiagnosticsChannels>('node:diagnostics_channel')
  const channel = channels?.tracingChannel('jitney:batch').start
  if (hooks === undefined || typeof channel?.bindStore !== 'function') {
    users = 0
    throw new Error(
      'Cannot detect re-entrancy: this runtime has no AsyncLocalStorage or no diagnostics channels',
    )
  }
  const storage = new hooks.AsyncLocalStorage<BatchMessage>()
  channel.bindStore(storage)
  const restores = Object.entries(methods).map(([name, waitsFor]) =>
    wrap(name as keyof typeof methods, waitsFor, storage),
  )
  hearLimiters(new hooks.AsyncLocalStorage<LimitedCall>())
  return () => {
    hearing.wait = hearing.call = undefined
    channel.unbindStore(storage)
    for (const restore of restores) restore()
  }
}

function wrap(
  name: keyof typeof methods,
  waitsFor: 'slot' | 'batches',
  storage: Storage,
): () => void {
  const prototype = Batcher.prototype as unknown as Record<string, Waiting>
  const original = prototype[name] as Waiting
  prototype[name] = function detecting(...parameters) {
    const batch = storage.getStore()
    const inside = batch?.batcher === this && batch.duration === undefined
    const waits = inside && (waitsFor === 'batches' || !hasFreeSlot(this))
    const result = original.apply(this, parameters)
    return waits ? refuse(name, batch.name, result) : result
  }
  return () => {
    prototype[name] = original
  }
}

/** Follows the calls of every limiter, and refuses one that would wait for the call it is made in. */
function hearLimiters(storage: Storage<LimitedCall>): void {
  hearing.call = async (limiter, call) => {
    const made = { limiter, outer: storage.getStore(), hasEnded: false }
    try {
      return await storage.run(made, call)
    } finally {
      made.hasEnded = true
    }
  }
  hearing.wait = (limiter) => {
    for (let made = storage.getStore(); made !== undefined; made = made.outer) {
      if (made.limiter === limiter && !made.hasEnded) {
        throw new ReentrancyError(
          'Cannot wait for a limit: it was called inside a function that holds a place of the same limit, with no place free, and would wait for itself',
        )
      }
    }
  }
}

/** Whoever does not await the call hears nothing of it. */
function refuse(
  method: string,
  name: string | undefined,
  result: Promise<unknown>,
): Promise<never> {
  const of = name === undefined ? '' : ` of '${name}'`
  const reason = methods[method as keyof typeof methods] === 'slot' ? ' with no slot free' : ''
  const refused = Promise.reject(
    new ReentrancyError(
      `Cannot wait for ${method}()${of}: it was called inside the batch function of the same batcher${reason}, and would wait for itself`,
    ),
  )
  result.catch(ignore)
  refused.catch(ignore)
  return refused
}

function hasFreeSlot({ activeCount, concurrency }: AnyBatcher): boolean {
  if (typeof concurrency === 'number') return activeCount < concurrency
  const permit = concurrency.tryAcquire()
  permit?.release()
  return permit !== undefined
}

function ignore(): void {}
