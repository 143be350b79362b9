import { type PassedOptions, readOptions } from '../integration/options.ts'
import type { Guard } from '../platform/guards.ts'

/** Options that `maxBatchSize` and its kin are, and what is read here. */
export interface ReadOptions<Own, Item> {
  readonly own: Own
  readonly rest: Omit<PassedOptions<Item>, 'dedupeKey'>
}

/**
 * Tells our options from the batcher's. Items of SQL are not told apart by a key of the caller:
 * who shares a read that is under way would not see what was written since.
 */
export function readSqlOptions<Own extends object, Item>(
  action: string,
  guards: { readonly [Name in keyof Own]: Guard<Own[Name]> },
  options: object,
): ReadOptions<Own, Item> {
  const { own, rest } = readOptions<Own, Item>(action, guards, options, ['dedupeKey'])
  return { own, rest: { maxBatchSize: 1000, ...defined(rest) } }
}

function defined<Options extends object>(options: Options): Options {
  const given = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given) as Options
}
