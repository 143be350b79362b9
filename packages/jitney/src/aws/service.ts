/** What the service said of one item. */
export type Answer<Result> =
  | { readonly kind: 'done'; readonly value: Result }
  | {
      /** Left undone, refused, or not said. */
      readonly kind: 'again' | 'refused' | 'unknown'
      readonly awsCode?: string | undefined
      readonly awsMessage?: string | undefined
    }

/** What tells one operation from another. */
export interface Service<Item, Input, Result> {
  /** What errors say was to be done, as in "Cannot send message". */
  readonly action: string
  /** The operation, as clients call it. */
  readonly method: string
  inputOf(items: readonly Item[]): Input
  /** One answer for each item, in order. */
  answersOf(output: object, items: readonly Item[]): readonly Answer<Result>[]
  /** How many bytes an item is, as the service counts. @throws for what cannot be sent. */
  sizeOf(item: Item): number
  /** Whether doing an item twice is like doing it once. */
  readonly isIdempotent: boolean
  /** What an item asks for, if not all ask for the same: a table, a bus. */
  targetOf?(item: Item): unknown
  /** Items with equal keys never pass each other; `undefined` for one that may. */
  orderOf?(item: Item): string | undefined
  /** Whether items with equal keys may share a request, which does them in their order. */
  readonly sharesOrder?: boolean
  /** Of these, in order, those that fit into one request: at least the first. */
  fitting?(items: readonly Item[]): readonly boolean[]
}
