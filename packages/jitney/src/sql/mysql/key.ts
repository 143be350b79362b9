import { hexOf } from '../../platform/hex.ts'
import { bytesIn } from '../bytes-in.ts'

/** What a key is known by, whether a caller gave it or a row has it; types are not told apart. */
export function identityOf(value: unknown): string {
  if (value instanceof Date) return `at ${value.getTime()}`
  if (typeof value === 'object' && value !== null) {
    const bytes = bytesIn(value)
    return bytes === undefined ? JSON.stringify(value) : `X'${hexOf(bytes)}'`
  }
  if (typeof value === 'boolean') return value ? '1' : '0'
  return String(value)
}

/** As a number, whose text may have the zeros of a DECIMAL column; `undefined` for other keys. */
export function decimalOf(value: unknown): string | undefined {
  if (typeof value === 'object') return undefined
  const text = `${value as string | number | bigint}`
  if (!/^-?\d+(\.\d+)?$/.test(text)) return undefined
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Whether a text and a moment have more than one way to be equal, which the database knows. */
export function hasCollation(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Date
}

/** Texts that some collation may hold for equal have the same fold. */
export function foldOf(value: unknown): string {
  const bare = String(value).normalize('NFKD').replaceAll(/\p{M}/gu, '')
  return bare.toUpperCase().toLowerCase().trimEnd()
}
