/** A promise and what settles it. */
export interface Deferred<Value> {
  /** Waits until one of the others is called. */
  readonly promise: Promise<Value>
  /** Fulfils it, or lets it follow another promise. */
  resolve(value: Value | PromiseLike<Value>): void
  /** Rejects it. */
  reject(reason: unknown): void
}

/**
 * A promise that is settled by hand.
 *
 * @example
 * ```ts
 * import { deferred } from 'jitney/testing'
 *
 * const answer = deferred<number>()
 * answer.resolve(42)
 * await answer.promise // => 42
 * ```
 */
export function deferred<Value = void>(): Deferred<Value> {
  let resolve!: Deferred<Value>['resolve']
  let reject!: Deferred<Value>['reject']
  const promise = new Promise<Value>((fulfil, refuse) => {
    resolve = fulfil
    reject = refuse
  })
  return { promise, resolve, reject }
}
