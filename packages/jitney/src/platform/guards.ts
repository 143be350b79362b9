import { outOfRange, unknownOption, wrongType } from './errors.ts'

/** What an option must be: one check, shared by the constructor and the setters. */
export type Guard<Value> = (action: string, name: string, value: unknown) => Value

const isCount = (value: number): boolean =>
  value >= 1 && (value === Infinity || Number.isSafeInteger(value))

export const count: Guard<number> = /* @__PURE__ */ number(
  'an integer of at least 1, or Infinity',
  isCount,
)
export const countOrShared: Guard<number> = /* @__PURE__ */ number(
  'an integer of at least 1, Infinity, or a Semaphore',
  isCount,
)
export const countOrZero: Guard<number> = /* @__PURE__ */ number(
  'an integer of at least 0, or Infinity',
  (value) => value === 0 || isCount(value),
)
export const amount: Guard<number> = /* @__PURE__ */ number(
  'a finite number above 0',
  (value) => value > 0 && value < Infinity,
)
export const amountOrZero: Guard<number> = /* @__PURE__ */ number(
  'a finite number of at least 0',
  (value) => value >= 0 && value < Infinity,
)
export const limit: Guard<number> = /* @__PURE__ */ number('a number above 0', (value) => value > 0)
export const finite: Guard<number> = /* @__PURE__ */ number('a finite number', Number.isFinite)
export const duration: Guard<number> = /* @__PURE__ */ number(
  'milliseconds above 0, or Infinity',
  (value) => value > 0,
)
export const durationOrZero: Guard<number> = /* @__PURE__ */ number(
  'milliseconds of at least 0, or Infinity',
  (value) => value >= 0,
)
export const windowTime: Guard<number> = /* @__PURE__ */ number(
  "milliseconds of at least 0, Infinity, or 'adaptive'",
  (value) => value >= 0,
)
export const boolean: Guard<boolean> = /* @__PURE__ */ kind('a boolean', 'boolean')
export const string: Guard<string> = /* @__PURE__ */ kind('a string', 'string')
export const checkFunction: Guard<unknown> = /* @__PURE__ */ kind('a function', 'function')

function number(allowed: string, fits: (value: number) => boolean): Guard<number> {
  return (action, name, value) => {
    if (typeof value !== 'number') throw wrongType(action, name, allowed, value)
    if (!fits(value)) throw outOfRange(action, name, allowed, value)
    return value
  }
}

function kind<Value>(allowed: string, type: string): Guard<Value> {
  return (action, name, value) => {
    if (typeof value !== type) throw wrongType(action, name, allowed, value)
    return value as Value
  }
}

/** One of a few words. */
export function oneOf<Word extends string>(words: readonly Word[]): Guard<Word> {
  return (action, name, value) => {
    const allowed = words.map((word) => `'${word}'`).join(' or ')
    if (typeof value !== 'string') throw wrongType(action, name, allowed, value)
    if (!(words as readonly string[]).includes(value))
      throw outOfRange(action, name, allowed, value)
    return value as Word
  }
}

/** An object of options, each with its guard; `undefined` means the default, if there is one. */
export function fields<Options extends object>(
  guards: { readonly [Name in keyof Options]: Guard<Options[Name]> },
  defaults: Partial<Options>,
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
export function several<Value>(guard: Guard<Value>): Guard<readonly Value[]> {
  return (action, name, value) =>
    Array.isArray(value)
      ? // Holes in it are wrong values too.
        Array.from(value, (one: unknown, index) => guard(action, `${name}[${index}]`, one))
      : [guard(action, name, value)]
}

/** An object that has all of these methods. */
export function objectWith<Shape extends object>(
  methods: readonly (keyof Shape & string)[],
): Guard<Shape> {
  return (action, name, value) => {
    const fits = methods.every((method) => has(value, method))
    if (typeof value === 'object' && fits) return value as Shape
    throw wrongType(
      action,
      name,
      `an object with ${methods.map((method) => `${method}()`).join(', ')}`,
      value,
    )
  }
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

/** Anything that `for...of` takes. */
export function checkIterable(action: string, name: string, value: unknown): void {
  if (!has(value, Symbol.iterator)) throw wrongType(action, name, 'an iterable', value)
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

/** An `AbortSignal`, also one of another realm. */
export function checkSignal(action: string, value: unknown): void {
  const signal = value as Partial<AbortSignal> | null
  const fits =
    typeof signal === 'object' &&
    signal !== null &&
    typeof signal.aborted === 'boolean' &&
    typeof signal.addEventListener === 'function' &&
    typeof signal.removeEventListener === 'function'
  if (!fits) throw wrongType(action, 'signal', 'an AbortSignal', value)
}
