import { z } from 'zod'

// Values that configuration files are made of. JSON has no infinity: there, and in the schema for
// editors, it is the word 'Infinity'; YAML's `.inf` and a module's `Infinity` are turned into it.

const unlimited = z.literal('Infinity')

function finiteOrNot(finite: z.ZodNumber) {
  return z
    .union([finite, unlimited])
    .transform((value) => (value === 'Infinity' ? Infinity : value))
}

/** An integer of at least 1, or no limit. */
export const count = finiteOrNot(z.int().min(1))
/** Milliseconds of at least 0, or no limit. */
export const duration = finiteOrNot(z.number().min(0))
/** Milliseconds above 0, or no limit. */
export const timeout = finiteOrNot(z.number().positive())
/** How long an item may wait for company. */
export const queueTime = z.union([z.literal('adaptive'), duration])
/** A number of bytes. */
export const bytes = z.int().min(1)
/** A path to a file, from the folder of the configuration. */
export const file = z.string().min(1)
/** An address that is sent to. */
export const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' })
/** The name of a header. */
export const headerName = z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/)

/** A value in which the infinities are words, at any depth. */
export function withoutInfinities(value: unknown): unknown {
  if (value === Infinity) return 'Infinity'
  if (Array.isArray(value)) return value.map(withoutInfinities)
  if (Object.prototype.toString.call(value) !== '[object Object]') return value
  const entries = Object.entries(value as object)
  return Object.fromEntries(entries.map(([name, inner]) => [name, withoutInfinities(inner)]))
}
