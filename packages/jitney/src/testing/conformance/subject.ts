import type { Processor } from '../../batcher/processor.ts'

/** One processor under test, and what ends what was started for it. */
export interface ConformanceRun<Item, Result> {
  /** New for this run, or at least empty: it is closed by some of the cases. */
  readonly processor: Processor<Item, Result>
  /** Stops servers and workers. Called after each case, whatever came of it. */
  end(): void | Promise<void>
  /** Makes the server unreachable, or kills the worker. Needed where `outage` is given. */
  stopServer?(): void | Promise<void>
  /** Makes it reachable again. */
  startServer?(): void | Promise<void>
}

/**
 * What the suite has to know of an integration. `Seen` is what it compares of a result, all of it if
 * there is no `view`.
 */
export interface ConformanceSubject<Item, Result, Seen = Result> {
  /** Starts the real thing and a processor for it, one for each case. */
  readonly start: () => ConformanceRun<Item, Result> | Promise<ConformanceRun<Item, Result>>
  /** A different item for each number from 0. */
  readonly item: (n: number) => Item
  /** What the n-th item has to give: compared field by field. */
  readonly result: (n: number) => Seen
  /**
   * What is compared of a result, if it says more than its item: what a request cost, or when.
   * @default the result itself
   */
  readonly view?: ((result: Result) => Seen) | undefined
  /** An item that fails alone, whatever is in its batch. */
  readonly failingItem: Item | 'not applicable'
  /** An item that is refused because it is too large. */
  readonly oversizeItem: Item | 'not applicable'
  /** An item that there is no answer for, and what its caller gets then. */
  readonly missing: { readonly item: Item; readonly result: Seen | 'error' } | 'not applicable'
  /**
   * An item that is left undone when it is first asked for (throttled, "unprocessed"), alone or with
   * others, and done when it is asked for again; and what its caller gets then.
   */
  readonly unprocessed: { readonly item: Item; readonly result: Seen } | 'not applicable'
  /** Starts one whose server answers in another order than it was asked. */
  readonly shuffled:
    | (() => ConformanceRun<Item, Result> | Promise<ConformanceRun<Item, Result>>)
    | 'not applicable'
  /**
   * Whether calls fail while the server is gone, or wait until it is back; `'replaced'` if there is
   * a new one at once, as with workers.
   */
  readonly outage: 'fails' | 'waits' | 'replaced' | 'not applicable'
  /** An item whose batch goes on until it is aborted. */
  readonly slowItem: Item | 'not applicable'
}

/** One guarantee. */
export interface ConformanceCase {
  /** What is guaranteed, for the title of a test. */
  readonly name: string
  /** Rejects with a `ConformanceError` if it does not hold. */
  run(): Promise<void>
}
