import { type RetrySettings, threeAttempts } from '../integration/retry.ts'
import { checkFunction, type Guard, optional, typed } from '../platform/guards.ts'
import { type StatementOptions } from './options.ts'

/** A statement for all items of a batch, and what its placeholders stand for. */
export interface BatchStatement {
  /** With the placeholders of the database. Never put a value into it. */
  readonly sql: string
  /** What the placeholders stand for, in order. */
  readonly values: readonly unknown[]
}

/** Options of `statementBatcher`: those of a `Batcher`, but for `splitOnError` and `dedupeKey`, and these. */
export interface StatementBatcherOptions<Item> extends StatementOptions<Item> {
  /**
   * Makes one statement of the items. Rows that it gives say by their column `ordinal` which item
   * they are for, counted from 1; an item without a row gets `undefined`. Called again with fewer
   * items where one of them spoils the statement.
   */
  readonly statement: (items: readonly Item[]) => BatchStatement
  /**
   * Declares that the statement may run twice without harm: then it is sent again where its outcome
   * is not known. True of what only reads.
   * @default false
   */
  readonly idempotent?: boolean | undefined
}

/** The options of a statement as they were read. */
export interface StatementSettings {
  readonly statement: (items: readonly never[]) => BatchStatement
  readonly idempotent: boolean
  readonly retry: RetrySettings
}

export const statementGuards: {
  readonly [Name in keyof StatementSettings]: Guard<StatementSettings[Name]>
} = {
  statement: checkFunction as unknown as Guard<StatementSettings['statement']>,
  idempotent: /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean'), false),
  retry: threeAttempts,
}
