import type { ItemContext } from 'jitney'
import { deferred, type Deferred } from 'jitney/testing'

/** A call that ends when a test says so. */
interface ManualCall<Item, Result> extends Deferred<Result> {
  readonly item: Item
  readonly index: number
  readonly context: ItemContext
}

/** A function for the map family, and its calls. */
export interface ManualCalls<Item, Result> {
  readonly fn: (item: Item, index: number, context: ItemContext) => Promise<Result>
  readonly all: ManualCall<Item, Result>[]
  /** In the order in which they were called. */
  readonly running: ManualCall<Item, Result>[]
  readonly items: Item[]
}

export function manualCalls<Item, Result>(): ManualCalls<Item, Result> {
  const all: ManualCall<Item, Result>[] = []
  const ended = new Set<ManualCall<Item, Result>>()
  return {
    all,
    get running() {
      return all.filter((call) => !ended.has(call))
    },
    get items() {
      return all.map(({ item }) => item)
    },
    fn(item, index, context) {
      const { promise, resolve, reject } = deferred<Result>()
      const call: ManualCall<Item, Result> = {
        item,
        index,
        context,
        promise,
        resolve(value) {
          ended.add(call)
          resolve(value)
        },
        reject(reason) {
          ended.add(call)
          reject(reason)
        },
      }
      all.push(call)
      return promise
    },
  }
}
