import { validateHeaderName, validateHeaderValue } from 'node:http'
import { UsageError } from '../errors.ts'
import { cutWords } from './cut-words.ts'
import { show } from './show.ts'

/** Turns what stands on the command line into a value, or refuses it by the flag's name. */
export type FlagType<Value> = (text: string) => Value

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }

export function text(flag: string): FlagType<string> {
  return (given) => (given === '' ? refuse(flag, 'a value', given) : given)
}

export function integer(flag: string, least: number, most: number): FlagType<number> {
  return (given) => {
    const value = /^\d+$/.test(given) ? Number(given) : NaN
    if (value >= least && value <= most) return value
    return refuse(flag, `an integer from ${least} to ${most}`, given)
  }
}

/** An integer of at least 1, or `Infinity`. */
export function count(flag: string): FlagType<number> {
  return (given) => {
    const value = isInfinity(given) ? Infinity : /^\d+$/.test(given) ? Number(given) : NaN
    if (value === Infinity || (value >= 1 && Number.isSafeInteger(value))) return value
    return refuse(flag, 'an integer of at least 1, or Infinity', given)
  }
}

/** Milliseconds above 0, or `Infinity`. */
export function duration(flag: string): FlagType<number> {
  return (given) => {
    const value = milliseconds(given)
    return value > 0 ? value : refuse(flag, 'milliseconds above 0, or Infinity', given)
  }
}

/** Milliseconds of at least 0, `Infinity`, or the word `adaptive`. */
export function queueTime(flag: string): FlagType<number | 'adaptive'> {
  return (given) => {
    if (given === 'adaptive') return given
    const value = milliseconds(given)
    return value >= 0
      ? value
      : refuse(flag, 'milliseconds of at least 0, Infinity or adaptive', given)
  }
}

/** Milliseconds of at least 0. */
export function delay(flag: string): FlagType<number> {
  return (given) => {
    const value = milliseconds(given)
    return value >= 0 ? value : refuse(flag, 'milliseconds of at least 0, or Infinity', given)
  }
}

/** A program and its arguments. */
export function command(flag: string): FlagType<string> {
  return (given) => {
    try {
      if (cutWords(given).length > 0) return given
    } catch (error) {
      throw new UsageError(`Cannot read ${flag}: ${(error as Error).message} in ${given}`)
    }
    return refuse(flag, "a command, as 'python model.py'", given)
  }
}

/** What a queue can be called. */
export function queueName(flag: string): FlagType<string> {
  return (given) =>
    /^[\w.-]+$/.test(given)
      ? given
      : refuse(flag, 'the name of a queue of letters, digits, _ . and -', given)
}

/** One of these words. */
export function word<Word extends string>(flag: string, words: readonly Word[]): FlagType<Word> {
  return (given) =>
    words.find((allowed) => allowed === given) ?? refuse(flag, words.join(' or '), given)
}

/** So many per second (`100`, `100/s`), minute (`100/m`) or hour (`0.5/h`). */
export function rate(
  flag: string,
): FlagType<{ readonly limit: number; readonly interval: number }> {
  return (given) => {
    const [, digits, unit = 's'] = /^(\d+(?:\.\d+)?)(?:\/([smh]))?$/.exec(given) ?? []
    const value = Number(digits)
    const interval = { s: 1000, m: 60_000, h: 3_600_000 }[unit] as number
    if (!(value > 0 && value <= 1e9))
      return refuse(flag, 'a rate above 0, as 100, 100/m or 0.5/h', given)
    // Whole units, in the time that they may take.
    const limit = Math.max(1, Math.floor(value))
    return { limit, interval: (interval * limit) / value }
  }
}

/** An HTTP method, in capitals. */
export function method(flag: string): FlagType<string> {
  return (given) => {
    const name = given.toUpperCase()
    if (/^[A-Z-]+$/.test(name) && name !== 'CONNECT') return name
    return refuse(flag, 'a method, as GET, POST or PUT', given)
  }
}

const aHeader = "a header, as 'Accept: text/plain'"
/** Headers that belong to the connection, which is not the user's. */
const connectionHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** `Name: value`; the name comes back in lower case. */
export function header(flag: string): FlagType<readonly [name: string, value: string]> {
  return (given) => {
    // The text may be a secret.
    if (given !== '' && !given.includes(':')) refuse(flag, aHeader, given, 'a text without a colon')
    const [, name = '', value = ''] = /^([^:]*?)\s*:\s*(.*?)\s*$/s.exec(given) ?? []
    try {
      validateHeaderName(name)
      validateHeaderValue(name, value)
    } catch {
      // The value may be a secret.
      return refuse(flag, aHeader, name)
    }
    const lowered = name.toLowerCase()
    if (!connectionHeaders.has(lowered)) return [lowered, value]
    return refuse(flag, `a header other than ${[...connectionHeaders].join(', ')}`, name)
  }
}

/** Bytes, with `k`, `m` or `g` for powers of 1024. */
export function bytes(flag: string): FlagType<number> {
  return (given) => {
    const [, digits, unit] = /^(\d+)([kmg]?)b?$/i.exec(given) ?? []
    const value = Number(digits) * (units[unit?.toLowerCase() ?? ''] ?? NaN)
    if (value >= 1 && Number.isSafeInteger(value)) return value
    return refuse(flag, 'a number of bytes of at least 1, as 65536, 64k or 1m', given)
  }
}

function milliseconds(given: string): number {
  if (isInfinity(given)) return Infinity
  return /^\d+(\.\d+)?$/.test(given) ? Number(given) : NaN
}

function isInfinity(given: string): boolean {
  return given.toLowerCase() === 'infinity'
}

function refuse(
  flag: string,
  allowed: string,
  given: string,
  received = given === '' ? 'nothing' : show(given),
): never {
  throw new UsageError(`Cannot read ${flag}: expected ${allowed}, received ${received}`)
}
