import type { Clock } from './clock.ts'
import { outOfRange, unknownOption, wrongType } from './errors.ts'

/** What a value must be: one check, shared by the constructor and the setters. */
export type Guard<Value> = (action: string, name: string, value: unknown) => Value

export const count: Guard<number> = /* @__PURE__ */ guard(
  'number',
  'an integer of at least 1, or Infinity',
  isCount,
)
export const countOrZero: Guard<number> = /* @__PURE__ */ guard(
  'number',
  'an integer of at least 0, or Infinity',
  (value) => value === 0 || isCount(value),
)
export const amount: Guard<number> = /* @__PURE__ */ guard(
  'number',
  'a finite number above 0',
  (value) => value > 0 && value < Infinity,
)
export const amountOrZero: Guard<number> = /* @__PURE__ */ guard(
  'number',
  'a finite number of at least 0',
  (value) => value >= 0 && value < Infinity,
)
export const finite: Guard<number> = /* @__PURE__ */ guard(
  'number',
  'a finite number',
  (value: number) => Number.isFinite(value),
)
export const durationOrZero: Guard<number> = /* @__PURE__ */ guard(
  'number',
  'milliseconds of at least 0, or Infinity',
  (value) => value >= 0,
)
export const checkFunction: Guard<(...values: never[]) => unknown> = /* @__PURE__ */ guard(
  'function',
  'a function',
)
export const isClock: Guard<Clock> = /* @__PURE__ */ withMethods(
  'an object with now(), setTimeout() and clearTimeout()',
  ['now', 'setTimeout', 'clearTimeout'],
)
export const checkIterable: Guard<Iterable<unknown>> = /* @__PURE__ */ withMethods('an iterable', [
  Symbol.iterator,
])
/** Also one of another realm. */
export const checkSignal: Guard<AbortSignal> = /* @__PURE__ */ withMethods('an AbortSignal', [
  'addEventListener',
  'removeEventListener',
  'throwIfAborted',
])

/** @param type what `typeof` says. */
export function guard<Value>(
  type: string,
  allowed: string,
  fits: (value: Value) => boolean = () => true,
): Guard<Value> {
  return (action, name, value) => {
    if (typeof value !== type) throw wrongType(action, name, allowed, value)
    if (!fits(value as Value)) throw outOfRange(action, name, allowed, value)
    return value as Value
  }
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): Guard<Word> {
  const allowed = words.map((word) => `'${word}'`).join(' or ')
  return guard('string', allowed, (value: Word) => words.includes(value))
}

/** Anything that has all of these methods. */
export function withMethods<Shape>(allowed: string, methods: readonly PropertyKey[]): Guard<Shape> {
  return (action, name, value) => {
    if (!methods.every((method) => has(value, method))) throw wrongType(action, name, allowed, value)
    return value as Shape
  }
}

/** An object of options, each with its guard; `undefined` means the default, if there is one. */
export function fields<Options extends object>(
  guards: { readonly [Name in keyof Options]: Guard<Options[Name]> },
  defaults: Partial<Options> = {},
): Guard<Options> {
  const names = Object.keys(guards) as (keyof Options & string)[]
  return (action, name, value) => {
    checkOptions(action, value, names, name)
    const options = { ...defaults } as Options
    for (const field of names) {
      const given = (value as Options)[field]
      if (given === undefined && field in defaults) continue
      options[field] = guards[field](action, name === 'options' ? field : `${name}.${field}`, given)
    }
    return options
  }
}

/** One of something, or a list of it. */
export function several<Value>(one: Guard<Value>): Guard<readonly Value[]> {
  return (action, name, value) =>
    Array.isArray(value)
      ? // Holes in it are wrong values too.
        Array.from(value, (each: unknown, index) => one(action, `${name}[${index}]`, each))
      : [one(action, name, value)]
}

/** Refuses an options argument that is no object, or that has a name that is not among `known`. */
export function checkOptions(
  action: string,
  options: unknown,
  known: readonly string[],
  name = 'options',
): void {
  // By its tag and not its prototype: an object of another realm will do, a Map or a Date will not.
  if (Object.prototype.toString.call(options) !== '[object Object]') {
    throw wrongType(action, name, 'an object', options)
  }
  for (const key of Object.keys(options as object)) {
    if (!known.includes(key)) throw unknownOption(action, key, known)
  }
}

/** Anything that `for await...of` takes. */
export function checkSource(action: string, name: string, value: unknown): void {
  if (!has(value, Symbol.asyncIterator) && !has(value, Symbol.iterator)) {
    throw wrongType(action, name, 'an iterable or an async iterable', value)
  }
}

export function has(value: unknown, method: PropertyKey): boolean {
  return typeof (value as Record<PropertyKey, unknown> | null | undefined)?.[method] === 'function'
}

export function isCount(value: number): boolean {
  return value >= 1 && (value === Infinity || Number.isSafeInteger(value))
}
