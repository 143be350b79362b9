import fc from 'fast-check'

/** Keys are objects too: what they are told apart by is up to the options. */
export type Key = number | string | { readonly id: number }

/** How a batch function answers one of its batches. */
const answers = [
  'values',
  'an error for odd keys',
  'promises as values',
  'an array-like',
  'a thenable',
  'later',
  'a rejection',
  'a rejection later',
  'a throw',
  'a throw of undefined',
  'no promise',
  'nothing',
  'no array',
  'a text',
  'too few',
  'too many',
  'a hole at the end',
  'values, after loads of its own',
  'values, after clearing all',
  'values, after priming the next key',
] as const
export type Answer = (typeof answers)[number]

const schedulers = [
  'none',
  'by hand',
  'next tick',
  'promise job',
  'next turn',
  'at once',
  'twice',
] as const
const cacheMaps = ['none', 'null', 'map', 'watched', 'forgetful', 'function'] as const
const keyFunctions = ['none', 'id', 'modulo', 'one object', 'refuses 5'] as const

export interface Settings {
  readonly batch: boolean | undefined
  readonly maxBatchSize: number | undefined
  readonly cache: boolean | undefined
  readonly cacheMap: (typeof cacheMaps)[number]
  readonly cacheKeyFn: (typeof keyFunctions)[number]
  readonly scheduler: (typeof schedulers)[number]
  readonly name: string | null | undefined
  /** One for each batch, again from the first when they are used up. */
  readonly answers: readonly Answer[]
}

export type Step =
  | { readonly do: 'load'; readonly key: Key | null | undefined }
  /** Loads a key, then another that depends on its value, so many times. */
  | { readonly do: 'load on'; readonly key: Key; readonly depth: number }
  | { readonly do: 'load many'; readonly keys: readonly (Key | null)[] }
  | { readonly do: 'prime'; readonly key: Key; readonly with: 'value' | 'error' | 'promise' }
  | { readonly do: 'clear'; readonly key: Key }
  | { readonly do: 'clear all' }
  | { readonly do: 'jobs'; readonly count: number }
  | { readonly do: 'tick' }
  | { readonly do: 'turn' }
  /** Calls what the scheduler got and answers what is to be answered later. */
  | { readonly do: 'go on' }

export interface Program {
  readonly settings: Settings
  readonly steps: readonly Step[]
}

const key: fc.Arbitrary<Key> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(6) },
  { weight: 1, arbitrary: fc.constantFrom<Key[]>(Number.NaN, '', '1', 'long name') },
  { weight: 2, arbitrary: fc.record({ id: fc.nat(3) }) },
)

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('load'), key }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('load on'),
      key,
      depth: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('load many'), keys: fc.array(key, { maxLength: 5 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('prime'),
      key,
      with: fc.constantFrom('value', 'error', 'promise'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('clear'), key }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear all') }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('jobs'), count: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tick') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('turn') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('go on') }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Step[]>(
      { do: 'load', key: null },
      { do: 'load', key: undefined },
      { do: 'load many', keys: [1, null, 2] },
    ),
  },
) as fc.Arbitrary<Step>

const settings: fc.Arbitrary<Settings> = fc.record({
  batch: fc.constantFrom(undefined, undefined, true, false),
  maxBatchSize: fc.constantFrom(undefined, undefined, 1, 2, 2.5, 3, Infinity, Number.NaN),
  cache: fc.constantFrom(undefined, undefined, true, false),
  cacheMap: fc.constantFrom('none', 'none', ...cacheMaps),
  cacheKeyFn: fc.constantFrom('none', ...keyFunctions),
  scheduler: fc.constantFrom('none', 'none', 'none', ...schedulers),
  name: fc.constantFrom(undefined, null, '', 'users'),
  answers: fc.array(fc.constantFrom('values', 'values', 'later', ...answers), {
    minLength: 1,
    maxLength: 6,
  }),
}) as fc.Arbitrary<Settings>

export const anyProgram: fc.Arbitrary<Program> = fc.record({
  settings,
  steps: fc.array(step, { minLength: 1, maxLength: 25 }),
})
