import type { BatcherOptions } from '../batcher/options.ts'
import { checkOptions, fields, type Guard } from '../platform/guards.ts'

/** The options of a `Batcher` that stay its own. */
export type PassedOptions<Item> = Omit<BatcherOptions<Item>, 'retry' | 'splitOnError'>

const passed: { readonly [Name in keyof Required<PassedOptions<never>>]: true } = {
  maxBatchSize: true,
  maxQueueTime: true,
  concurrency: true,
  maxQueueSize: true,
  overflow: true,
  weight: true,
  batchKey: true,
  dedupeKey: true,
  timeout: true,
  rateLimit: true,
  clock: true,
  name: true,
  captureStacks: true,
}

/** Tells the options that are read here from those of the batcher. Refuses all others. */
export function readOptions<Own extends object, Item>(
  action: string,
  guards: { readonly [Name in keyof Own]: Guard<Own[Name]> },
  options: object | undefined,
  omitted: readonly (keyof PassedOptions<Item>)[] = [],
): { own: Own; rest: PassedOptions<Item> } {
  const theirs = Object.keys(passed).filter((name) => !omitted.includes(name as never))
  const ours = Object.keys(guards)
  checkOptions(action, options ?? {}, [...ours, ...theirs])
  const pick = (names: readonly string[]): object =>
    Object.fromEntries(Object.entries(options ?? {}).filter(([name]) => names.includes(name)))
  const own = fields(guards)(action, 'options', pick(ours))
  return { own, rest: pick(theirs) }
}
