/**
 * An asynchronous iterator that ends with `Ended`. Written so that TypeScript before 5.6, whose
 * `AsyncIterableIterator` has one parameter, understands it too.
 */
export type Results<Value, Ended = undefined> = AsyncIterableIterator<Value> &
  AsyncIterator<Value, Ended, undefined>
