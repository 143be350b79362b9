import type { Clock } from './clock.ts'
import { describe } from './describe.ts'
import { refusal } from './errors.ts'

/** What a value must be: one check, shared by the constructor and the setters. */
export type Guard<Value> = (action: string, name: string, value: unknown) => Value

export const count: Guard<number> = /* @__PURE__ */ ranged(
  'an integer of at least 1, or Infinity',
  isCount,
)
export const countOrZero: Guard<number> = /* @__PURE__ */ ranged(
  'an integer of at least 0, or Infinity',
  (value) => value === 0 || isCount(value),
)
/** How many may run at once; a `Semaphore` of another copy of the package will do. */
export const countOrShared: Guard<number | { readonly capacity: number }> = /* @__PURE__ */ ranged(
  'an integer of at least 1, or Infinity, or a Semaphore',
  (value) => isCount(value) || has(value, 'tryAcquire'),
)
export const aboveZero: Guard<number> = /* @__PURE__ */ ranged(
  'a number above 0',
  (value) => isAtLeastZero(value) && value > 0,
)
export const durationOrZero: Guard<number> = /* @__PURE__ */ ranged(
  'milliseconds of at least 0',
  isAtLeastZero,
)
export const finite: Guard<number> = /* @__PURE__ */ ranged('a finite number', (value) =>
  Number.isFinite(value),
)
// Told, as what other copies of the package, other realms and other makes give, by a method that
// nothing else has.
export const checkFunction: Guard<(...values: never[]) => unknown> = /* @__PURE__ */ having(
  'a function',
  'call',
)
export const isClock: Guard<Clock> = /* @__PURE__ */ having('a Clock', 'clearTimeout')
export const checkIterable: Guard<Iterable<unknown>> = /* @__PURE__ */ having(
  'an iterable',
  Symbol.iterator,
)
export const checkSignal: Guard<AbortSignal> = /* @__PURE__ */ having(
  'an AbortSignal',
  'throwIfAborted',
)

/**
 * What has a range; mostly a number.
 *
 * @param type what `typeof` says of the right shape: such a value is out of range, others wrong.
 */
export function ranged<Value>(
  allowed: string,
  fits: (value: unknown) => boolean,
  type = 'number',
): Guard<Value> {
  return (action, name, value) => {
    if (fits(value)) return value as Value
    throw refusal(
      action,
      name,
      allowed,
      value,
      typeof value === type ? 'JITNEY_OUT_OF_RANGE' : undefined,
    )
  }
}

/** What has none, unless `type` says so. */
export function guard<Value>(
  allowed: string,
  fits: (value: unknown) => boolean,
  type = '',
): Guard<Value> {
  return ranged(allowed, fits, type)
}

/** Anything that has the method. */
export function having<Value>(allowed: string, method: PropertyKey): Guard<Value> {
  return ranged(allowed, (value) => has(value, method), '')
}

/** Anything of which `typeof` says so. */
export function typed<Value>(type: string): Guard<Value> {
  return ranged(`a ${type}`, (value) => typeof value === type, '')
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[], type = 'string'): Guard<Word> {
  return ranged(`one of ${words.join(', ')}`, (value) => words.includes(value as Word), type)
}

/** `undefined` means the default, if there is one: that is checked like a given value. */
export function optional<Value>(given: Guard<Value>): Guard<Value | undefined>
export function optional<Value>(given: Guard<Value>, fallback: unknown): Guard<Value>
export function optional<Value>(given: Guard<Value>, fallback?: unknown): Guard<Value | undefined> {
  return (action, name, value = fallback) =>
    value === undefined ? value : given(action, name, value)
}

/** An object of options, each with its guard; none at all is an empty one. */
export function fields<Options extends object>(guards: {
  readonly [Name in keyof Options]: Guard<Options[Name]>
}): Guard<Options> {
  const names = Object.keys(guards) as (keyof Options & string)[]
  return (action, name, value = {}) => {
    checkOptions(action, value, names, name)
    const options = {} as Options
    for (const field of names) {
      options[field] = guards[field](
        action,
        name === 'options' ? field : `${name}.${field}`,
        (value as Options)[field],
      )
    }
    return options
  }
}

/** One of something, or a list of it. */
export function several<Value>(one: Guard<Value>): Guard<readonly Value[]> {
  return (action, name, value) =>
    // Holes in a list are wrong values too.
    Array.from(([] as unknown[]).concat(value), (each) => one(action, name, each))
}

/** Refuses an options argument that is no object, or that has a name that is not among `known`. */
export function checkOptions(
  action: string,
  options: unknown,
  known: readonly string[],
  name = 'options',
): void {
  // By its tag and not its prototype: an object of another realm will do, a Map or a Date will not.
  if (describe(options) !== 'Object') {
    throw refusal(action, name, 'an object', options)
  }
  for (const key in options as object) {
    if (!known.includes(key)) {
      throw refusal(action, 'option', `one of ${known.join(', ')}`, key, 'JITNEY_UNKNOWN_OPTION')
    }
  }
}

/** An amount, at most so many. */
export function amountTo(most: number): Guard<number> {
  return ranged(
    `a finite number from 0 to ${most}`,
    (value) => isAtLeastZero(value) && value <= most && value < Infinity,
  )
}

export function has(value: unknown, method: PropertyKey): boolean {
  return typeof (value as Record<PropertyKey, unknown> | null | undefined)?.[method] === 'function'
}

function isCount(value: unknown): boolean {
  return value === Infinity || (Number.isSafeInteger(value) && (value as number) > 0)
}

export function isAtLeastZero(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}
