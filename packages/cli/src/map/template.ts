import { UsageError } from '../errors.ts'
import type { Item } from './item.ts'
import { ItemError } from './item-error.ts'

/** `{}` or `{name.of.a.field}`. What else is in braces is text, as is `${name}`, the shell's. */
const placeholder = /\{\}|(?<!\$)\{([\w$-]+(?:\.[\w$-]+)*)\}/g

/** A place for the whole item (no names), or for a field of it. */
export type Field = readonly string[]

/** A text with places for parts of an item. */
export class Template {
  /** Text and places in turns; it begins and ends with text, which may be empty. */
  readonly texts: readonly string[]
  readonly fields: readonly Field[]

  constructor(texts: readonly string[], fields: readonly Field[]) {
    this.texts = texts
    this.fields = fields
  }

  static parse(text: string): Template {
    const texts: string[] = []
    const fields: Field[] = []
    let start = 0
    for (const match of text.matchAll(placeholder)) {
      texts.push(text.slice(start, match.index))
      fields.push(match[1]?.split('.') ?? [])
      start = match.index + match[0].length
    }
    texts.push(text.slice(start))
    return new Template(texts, fields)
  }

  get hasPlaces(): boolean {
    return this.fields.length > 0
  }

  /** Whether items have to be JSON objects. */
  get hasFields(): boolean {
    return this.fields.some((field) => field.length > 0)
  }

  fill(item: Item, encode: (text: string) => string): string {
    let filled = this.texts[0]!
    for (const [position, field] of this.fields.entries()) {
      filled += encode(valueAt(item, field)) + this.texts[position + 1]!
    }
    return filled
  }
}

/** Refuses a template whose fields no line of text has. */
export function checkFields(flag: string, { hasFields, fields }: Template): void {
  if (!hasFields) return
  const name = fields.find((field) => field.length > 0)!.join('.')
  throw new UsageError(
    `Cannot fill ${flag}: {${name}} is a field of a JSON object, and --format lines gives text; expected {}`,
  )
}

/** A part of an item as text. */
function valueAt(item: Item, field: Field): string {
  if (field.length === 0) return typeof item.value === 'string' ? item.value : item.text.trim()
  let value = item.value
  for (const name of field) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      throw wrongField(field, 'the item does not have it')
    }
    value = (value as Record<string, unknown>)[name]
  }
  if (typeof value === 'string') return value
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw wrongField(field, 'the number has more digits than JavaScript keeps; give it as text')
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw wrongField(
    field,
    `expected text, a number or a boolean, received ${value === null ? 'null' : 'an object'}`,
  )
}

function wrongField(field: Field, reason: string): ItemError {
  return new ItemError('JITNEY_FIELD_MISSING', `Cannot fill {${field.join('.')}}: ${reason}`)
}
