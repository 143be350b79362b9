import { z } from 'zod'
import { headerName } from '../../config/values.ts'
import { StartError } from '../../errors.ts'
import type { Trace } from '../../server/trace.ts'
import type { Parcel } from '../route.ts'

/** What a configuration can say of the headers of requests. */
export const headersShape = {
  headers: z.record(headerName, z.string()).optional().describe('Headers of each request'),
  headersFrom: z
    .record(headerName, z.string().min(1))
    .optional()
    .describe('Headers whose values are in environment variables, by the names of those'),
}

interface HeaderSettings {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly headersFrom?: Readonly<Record<string, string>> | undefined
}

/** Answers are counted as they arrive, so they come as they are. */
const always = { 'accept-encoding': 'identity' }

/** Reads them once. Throws a `StartError` that names a variable that is not there. */
export function readHeaders(
  { headers = {}, headersFrom = {} }: HeaderSettings,
  route: string,
): Readonly<Record<string, string>> {
  const secret = Object.entries(headersFrom).map(([name, variable]) => [
    name.toLowerCase(),
    readVariable(variable, `routes.${route}.headersFrom.${name}`),
  ])
  const plain = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  return { ...always, ...Object.fromEntries(plain), ...Object.fromEntries(secret) }
}

export function readVariable(variable: string, option: string): string {
  const value = process.env[variable]
  if (value !== undefined && value !== '') return value
  throw new StartError(
    `Cannot take ${option}: expected a value in the environment variable ${variable}, received nothing`,
  )
}

/**
 * Where a request to an upstream belongs: where the requests of its items do, if they agree, else
 * where that of the first does that says.
 */
export function traceOf(parcels: readonly Parcel[]): Trace | undefined {
  return parcels.find(({ trace }) => trace !== undefined)?.trace
}
