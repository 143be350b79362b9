import { UsageError } from '../errors.ts'
import { show } from '../arguments/show.ts'
import type { Item } from './item.ts'
import { ItemError } from './item-error.ts'
import { Template } from './template.ts'

/** Where a request goes. */
export interface Target {
  readonly origin: string
  /** With the query. */
  readonly path: string
}

/** Stands for a place while the rest is made a valid URL. */
const token = 'jitney0place'
const expected = 'an http or https URL, as http://127.0.0.1:8080/{}'

/**
 * A URL with places for parts of an item, which are escaped: they can change neither the host nor
 * the path around them. Only an item at the very beginning is taken as it is: it is the URL.
 */
export class UrlTemplate {
  readonly template: Template
  /** The origin and the path around the places, if no place is in the origin. */
  readonly #fixed: { readonly origin: string; readonly path: Template } | undefined

  constructor(text: string) {
    this.template = Template.parse(text)
    const start = this.template.texts[0]!
    const isFixed = !this.template.hasPlaces || /^https?:\/\/[^/?#]+[/?#]/i.test(start)
    if (isFixed) this.#fixed = readFixed(text, this.template)
    else if (start !== '' && !/^https?:\/\/[^/?#@]*$/i.test(start)) throw refusal(text)
  }

  fill(item: Item): Target {
    if (this.#fixed !== undefined) {
      const { origin, path } = this.#fixed
      return { origin, path: path.hasPlaces ? checked(path.fill(item, escape)) : path.texts[0]! }
    }
    const isWhole = this.template.texts[0] === ''
    let start: string | undefined
    const text = this.template.fill(item, (part) => {
      const filled = isWhole && start === undefined ? part.trim() : escape(part)
      start ??= filled
      return filled
    })
    const url = URL.canParse(text) ? new URL(text) : undefined
    if (url === undefined || !isHttp(url)) {
      throw invalid(`Cannot request ${show(text)}: expected an http or https URL`)
    }
    if (hasCredentials(url)) {
      throw invalid('Cannot request it: expected no name or password in its URL')
    }
    checked(start!.slice(-1) + text.slice(start!.length))
    return { origin: url.origin, path: url.pathname + url.search }
  }
}

function readFixed(
  text: string,
  template: Template,
): { readonly origin: string; readonly path: Template } {
  const joined = template.texts.join(token)
  if (!URL.canParse(joined)) throw refusal(text)
  const url = new URL(joined)
  if (!isHttp(url)) throw refusal(text)
  if (hasCredentials(url)) {
    throw new UsageError(
      "Cannot read --url: expected no name or password in it; give them as --header 'Authorization: ...'",
    )
  }
  const texts = (url.pathname + url.search).split(token)
  if (texts.length !== template.texts.length) {
    throw new UsageError(
      'Cannot read --url: expected no place that is never requested, after a # or before a /..',
    )
  }
  return { origin: url.origin, path: new Template(texts, template.fields) }
}

function isHttp({ protocol, hostname }: URL): boolean {
  return (protocol === 'http:' || protocol === 'https:') && hostname !== ''
}

function hasCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== ''
}

function escape(part: string): string {
  try {
    return encodeURIComponent(part)
  } catch (error) {
    throw invalid('Cannot request it: the item is not valid Unicode', error)
  }
}

/** Refuses a path in which items became a `.` or `..`: no escape keeps a server from following it. */
function checked(path: string): string {
  if (!/^[^?#]*\/\.\.?(?:[/?#]|$)/.test(path)) return path
  throw invalid("Cannot request it: the item would be a step in the URL's path, as ..")
}

function invalid(message: string, cause?: unknown): ItemError {
  return new ItemError('JITNEY_URL_INVALID', message, { cause })
}

function refusal(text: string): UsageError {
  return new UsageError(`Cannot read --url: expected ${expected}, received ${show(text)}`)
}
