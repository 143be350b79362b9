import { sizeOf } from '../bytes.ts'

/**
 * The attributes of an item or key: `{ id: { S: 'a' } }`, as the client takes them, or `{ id: 'a' }`, as
 * the document client does.
 */
export type Attributes = Record<string, unknown>

const types = new Set(['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'BOOL', 'NULL'])

/** The type and content of an attribute in the client's form. */
function typedOf(value: unknown): readonly [type: string, content: unknown] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const fields = Object.entries(value).filter(([, content]) => content !== undefined)
  const [field] = fields
  return fields.length === 1 && types.has(field![0]) ? field : undefined
}

/** A key as a text that equal keys share, in either form: `{ n: { N: '1.0' } }` is `{ n: 1 }`. */
export function keyText(attributes: Attributes, names: readonly string[]): string {
  return JSON.stringify(names.toSorted().map((name) => [name, scalarText(attributes[name])]))
}

function scalarText(value: unknown): string {
  const [type, content] = typedOf(value) ?? [undefined, value]
  if (type === 'N') return `n${numberText(String(content))}`
  if (typeof content === 'number' || typeof content === 'bigint') {
    return `n${numberText(String(content))}`
  }
  if (typeof content === 'string' && type !== 'B') return `s${content}`
  if (ArrayBuffer.isView(content) || content instanceof ArrayBuffer) {
    return `b${bytesText(content)}`
  }
  // The document client's `NumberValue`.
  const { value: number } = Object(content) as { value?: unknown }
  return typeof number === 'string' ? `n${numberText(number)}` : `?${JSON.stringify(content)}`
}

function bytesText(bytes: ArrayBufferView | ArrayBuffer): string {
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(bytes)
    ? bytes
    : { buffer: bytes, byteOffset: 0, byteLength: bytes.byteLength }
  return new Uint8Array(buffer, byteOffset, byteLength).join()
}

/** Numbers are told apart by what they are, with all of their 38 digits: 1.0 is 1e0. */
function numberText(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(text.trim()) ?? []
  const digits = (whole + fraction).replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return /\d/.test(text) ? '0' : text
  const power = Number(exponent) - fraction.length + digits.length - significant.length
  return `${sign === '-' ? '-' : ''}${significant}e${power}`
}

/** How many bytes an item is, as the service counts: its names and values. Numbers are an estimate. */
export function itemBytes(attributes: Attributes): number {
  const values = Object.values(attributes)
  // A key is never a map, so this cannot be the document client's form.
  const isTyped = values.length > 0 && values.every((value) => typedOf(value) !== undefined)
  return mapBytes(attributes, isTyped)
}

function mapBytes(map: object, isTyped: boolean): number {
  let bytes = 0
  for (const [name, value] of Object.entries(map)) {
    bytes += sizeOf(name) + valueBytes(value, isTyped)
  }
  return bytes
}

function valueBytes(value: unknown, isTyped: boolean): number {
  const typed = isTyped ? typedOf(value) : undefined
  const [type, content] = typed ?? [undefined, value]
  if (type === 'N' || typeof content === 'number' || typeof content === 'bigint') {
    return numberBytes(String(content))
  }
  if (type === 'NS') return (content as string[]).reduce((sum, each) => sum + numberBytes(each), 0)
  if (typeof content === 'string') return sizeOf(content)
  if (ArrayBuffer.isView(content) || content instanceof ArrayBuffer) return content.byteLength
  if (content === undefined) return 0
  if (content instanceof Set || type === 'SS' || type === 'BS') {
    let sum = 0
    for (const each of content as Iterable<unknown>) sum += valueBytes(each, false)
    return sum
  }
  if (typeof content !== 'object' || content === null) return 1
  const isList = Array.isArray(content)
  const inside = isList
    ? content.reduce<number>((sum, each) => sum + valueBytes(each, isTyped), 0)
    : mapBytes(content, isTyped)
  return 3 + inside + (isList ? content.length : Object.keys(content).length)
}

/** Two digits a byte, and one for the exponent. */
function numberBytes(text: string): number {
  const digits = text.replace(/e.*$/i, '').replaceAll(/\D/g, '').replace(/^0+/, '')
  return Math.ceil(digits.replace(/0+$/, '').length / 2) + 1
}
