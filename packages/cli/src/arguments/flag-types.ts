import { UsageError } from '../errors.ts'
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

function refuse(flag: string, allowed: string, given: string): never {
  const received = given === '' ? 'nothing' : show(given)
  throw new UsageError(`Cannot read ${flag}: expected ${allowed}, received ${received}`)
}
