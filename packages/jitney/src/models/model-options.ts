import type { BatcherOptions } from '../batcher/options.ts'
import { refusal } from '../platform/errors.ts'
import { fields, type Guard, guard, optional, typed } from '../platform/guards.ts'
import { isTensorType, tensorTypes } from './element-types.ts'
import type { TensorElement, TensorSpec } from './tensor.ts'

/** How an input of items of different sizes is filled up. */
export interface Padding {
  /**
   * The dimension whose sizes differ, or several, from 0, the batch dimension left out. It is
   * filled up, at its end, to the longest of the batch, or to the size that `inputs` declares.
   * @default 0
   */
  readonly axis?: number | readonly number[] | undefined
  /**
   * What it is filled up with; for `float16` its bits.
   * @default 0, or the empty text
   */
  readonly value?: TensorElement | undefined
  /**
   * The name of an input that is made for the batch: 1 where the item has data, 0 where it was
   * filled up. It has the batch dimension and the padded ones, and the type that `inputs` declares,
   * or else `int64`.
   * @default none
   */
  readonly mask?: string | undefined
}

/** Options of `tensorBatcher`, beside those of a `Batcher`. */
export interface TensorBatcherOptions<Item = unknown> extends Omit<
  BatcherOptions<Item>,
  'batchKey'
> {
  /**
   * The inputs, with what is known of an item's tensor: the batch dimension left out. With it, an
   * item that lacks one, has another or does not fit is refused before it can spoil a batch.
   * @default what items have
   */
  readonly inputs?: Readonly<Record<string, TensorSpec>> | undefined
  /**
   * The outputs that items get, likewise. A dimension named like a padded one of the inputs is cut
   * to the item's own size.
   * @default what the model gives
   */
  readonly outputs?: Readonly<Record<string, TensorSpec>> | undefined
  /**
   * Inputs whose sizes differ from item to item, by name. Items of different shapes ride together
   * if they differ in padded dimensions only; all others never share a batch.
   * @default none
   */
  readonly pad?: Readonly<Record<string, Padding>> | undefined
  /**
   * Outputs without a batch dimension: all items of a batch get the same object.
   * @default none
   */
  readonly shared?: readonly string[] | undefined
  /**
   * The only numbers of rows that the model takes: a batch is filled up to the next of them with
   * its last item, and what comes of that is left out. The largest bounds `maxBatchSize`.
   * @default any
   */
  readonly batchSizes?: readonly number[] | undefined
  /**
   * Whether a batch that failed is sent again in halves until the item that spoils it is alone.
   * @default true
   */
  readonly splitOnError?: boolean | undefined
}

/** A padding after validation. */
export interface PaddingSettings {
  readonly axis: readonly number[]
  readonly value: TensorElement | undefined
  readonly mask: string | undefined
}

/** Specifications by name; `undefined` means that nothing is known, not even the names. */
export type Specs = Readonly<Record<string, TensorSpec>> | undefined

export interface ModelSettings {
  readonly inputs: Specs
  readonly outputs: Specs
  readonly pad: Readonly<Record<string, PaddingSettings>>
  readonly shared: readonly string[]
  readonly batchSizes: readonly number[]
  readonly splitOnError: boolean
  /** Checked by the batcher. */
  readonly retry: BatcherOptions['retry']
}

const isSize = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0

const spec: Guard<TensorSpec> = /* @__PURE__ */ fields<Required<TensorSpec>>({
  type: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard(`one of ${tensorTypes.join(', ')}`, isTensorType, 'string'),
  ),
  shape: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<NonNullable<TensorSpec['shape']>>(
      'a list of sizes, names and nulls',
      (value) =>
        Array.isArray(value) &&
        value.every((size) => size === null || typeof size === 'string' || isSize(size)),
    ),
  ),
})

const padding: Guard<PaddingSettings> = /* @__PURE__ */ fields<PaddingSettings>({
  axis: (action, name, value = 0) => {
    const axes: unknown[] = Array.isArray(value) ? value : [value]
    if (axes.length > 0 && axes.every(isSize)) return axes as number[]
    throw refusal(action, name, 'an integer of at least 0, or a list of them', value)
  },
  value: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<TensorElement>('a number, bigint, boolean or string', (value) =>
      ['number', 'bigint', 'boolean', 'string'].includes(typeof value),
    ),
  ),
  mask: /* @__PURE__ */ optional(/* @__PURE__ */ typed<string>('string')),
})

/** An object whose values all pass one guard. */
export function named<Value>(each: Guard<Value>): Guard<Readonly<Record<string, Value>>> {
  const isObject = guard<object>(
    'an object',
    (value) => ({}).toString.call(value) === '[object Object]',
  )
  return (action, name, value) =>
    Object.fromEntries(
      Object.entries(isObject(action, name, value)).map(([key, one]) => [
        key,
        each(action, `${name}.${key}`, one),
      ]),
    )
}

export const names: Guard<readonly string[]> = /* @__PURE__ */ guard(
  'a list of names',
  (value) => Array.isArray(value) && value.every((name) => typeof name === 'string'),
)

export const modelGuards: { readonly [Name in keyof ModelSettings]: Guard<ModelSettings[Name]> } = {
  inputs: /* @__PURE__ */ optional(/* @__PURE__ */ named(spec)),
  outputs: /* @__PURE__ */ optional(/* @__PURE__ */ named(spec)),
  pad: /* @__PURE__ */ optional(/* @__PURE__ */ named(padding), {}),
  shared: /* @__PURE__ */ optional(names, []),
  batchSizes: /* @__PURE__ */ optional(
    /* @__PURE__ */ guard<readonly number[]>(
      'a list of integers of at least 1',
      (value) =>
        Array.isArray(value) && value.length > 0 && value.every((size) => isSize(size) && size > 0),
    ),
  ) as Guard<readonly number[]>,
  splitOnError: /* @__PURE__ */ optional(/* @__PURE__ */ typed<boolean>('boolean'), true),
  retry: (_action, _name, value) => value as BatcherOptions['retry'],
}

/** What can be told of the names before there is an item. */
export function checkNames(action: string, { inputs, outputs, pad, shared }: ModelSettings): void {
  const known = (name: string, all: Specs, given: string): void => {
    if (all === undefined || Object.hasOwn(all, given)) return
    throw refusal(action, name, `of ${Object.keys(all).join(', ')}`, given, 'JITNEY_OUT_OF_RANGE')
  }
  for (const [input, { mask }] of Object.entries(pad)) {
    known('pad', inputs, input)
    if (mask === undefined) continue
    known(`pad.${input}.mask`, inputs, mask)
    if (inputs?.[mask]?.type === 'string') {
      throw refusal(action, `pad.${input}.mask`, 'an input of numbers', mask)
    }
  }
  for (const name of shared) known('shared', outputs, name)
}
