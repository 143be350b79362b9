import { outOfRange, unknownOption, wrongType } from './errors.ts'

/** What an option must be: one check, shared by the constructor and the setters. */
export type Guard<Value> = (action: string, name: string, value: unknown) => Value

/** A whole number of at least 1, or `Infinity`. */
export const count: Guard<number> = (action, name, value) => {
  const allowed = 'an integer of at least 1, or Infinity'
  if (typeof value !== 'number') throw wrongType(action, name, allowed, value)
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 1)) return value
  throw outOfRange(action, name, allowed, value)
}

/** A whole number of at least 0, or `Infinity`. */
export const countOrZero: Guard<number> = (action, name, value) => {
  const allowed = 'an integer of at least 0, or Infinity'
  if (typeof value !== 'number') throw wrongType(action, name, allowed, value)
  if (value === Infinity || (Number.isSafeInteger(value) && value >= 0)) return value
  throw outOfRange(action, name, allowed, value)
}

/** A finite number above 0. */
export const amount: Guard<number> = (action, name, value) => {
  const allowed = 'a finite number above 0'
  if (typeof value !== 'number') throw wrongType(action, name, allowed, value)
  if (value > 0 && value < Infinity) return value
  throw outOfRange(action, name, allowed, value)
}

/** A finite number of at least 0. */
export const amountOrZero: Guard<number> = (action, name, value) => {
  const allowed = 'a finite number of at least 0'
  if (typeof value !== 'number') throw wrongType(action, name, allowed, value)
  if (value >= 0 && value < Infinity) return value
  throw outOfRange(action, name, allowed, value)
}

/** Milliseconds of more than 0, or `Infinity`. */
export const duration: Guard<number> = (action, name, value) => {
  const allowed = 'milliseconds above 0, or Infinity'
  if (typeof value !== 'number') throw wrongType(action, name, allowed, value)
  if (value > 0) return value
  throw outOfRange(action, name, allowed, value)
}

/** Milliseconds of at least 0, or `Infinity`. */
export const durationOrZero: Guard<number> = (action, name, value) => {
  const allowed = 'milliseconds of at least 0, or Infinity'
  if (typeof value !== 'number') throw wrongType(action, name, allowed, value)
  if (value >= 0) return value
  throw outOfRange(action, name, allowed, value)
}

export const boolean: Guard<boolean> = (action, name, value) => {
  if (typeof value !== 'boolean') throw wrongType(action, name, 'a boolean', value)
  return value
}

export const string: Guard<string> = (action, name, value) => {
  if (typeof value !== 'string') throw wrongType(action, name, 'a string', value)
  return value
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

/** An object that has all of these methods. */
export function objectWith<Shape extends object>(
  methods: readonly (keyof Shape & string)[],
): Guard<Shape> {
  return (action, name, value) => {
    const has = (method: string): boolean =>
      typeof (value as Record<string, unknown>)[method] === 'function'
    if (typeof value === 'object' && value !== null && methods.every(has)) return value as Shape
    throw wrongType(
      action,
      name,
      `an object with ${methods.map((method) => `${method}()`).join(', ')}`,
      value,
    )
  }
}

/** Refuses an options argument that is no object, or that has a name that is not among `known`. */
export function checkOptions(action: string, options: unknown, known: readonly string[]): void {
  // By its tag and not its prototype: an object of another realm will do, a Map or a Date will not.
  if (Object.prototype.toString.call(options) !== '[object Object]') {
    throw wrongType(action, 'options', 'an object', options)
  }
  for (const name of Object.keys(options as object)) {
    if (!known.includes(name)) throw unknownOption(action, name, known)
  }
}

/** Anything that `for...of` takes. */
export function checkIterable(action: string, name: string, value: unknown): void {
  const iterate = (value as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator]
  if (typeof iterate !== 'function') throw wrongType(action, name, 'an iterable', value)
}

/** A function, given as an argument. */
export function checkFunction(action: string, name: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongType(action, name, 'a function', value)
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
