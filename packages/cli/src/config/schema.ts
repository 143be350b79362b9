import { z } from 'zod'
import { kinds } from '../kinds/kinds.ts'
import { bytes, count, file, timeout } from './values.ts'

/** What stands in a path without being escaped, and means nothing to a router. */
const routeName = z.string().regex(/^[\w$~-][\w$.~-]*$/, {
  error: 'a name may have letters, digits, _, $, ~, - and inner dots only',
})

/** The configuration of a service: `jitney serve jitney.config.yaml`. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional().describe('Where editors find this schema'),
    host: z.string().min(1).optional().describe('Address to listen on (default 127.0.0.1)'),
    port: z.int().min(0).max(65_535).optional().describe('Port; 0 takes a free one (default 8080)'),
    listen: file.optional().describe('Path of a unix socket to listen on instead'),
    allowedHosts: z
      .array(z.string().min(1))
      .optional()
      .describe("Names that clients may call the service by, beside localhost; '*' for any"),
    maxBodySize: bytes.optional().describe('Most bytes in a body (default 1 MiB)'),
    maxQueuedBytes: bytes
      .optional()
      .describe('Most bytes of items that wait or run (default 256 MiB)'),
    maxStreams: count.optional().describe('Most streams that are open at once (default 100)'),
    maxConnections: count.optional().describe('Most connections at once'),
    requestTimeout: timeout.optional().describe('How long a request may take to arrive, in ms'),
    closeTimeout: timeout.optional().describe('How long stopping may take, in ms'),
    log: z.enum(['text', 'json']).optional().describe('How the log is written (default text)'),
    accessLog: z.boolean().optional().describe('Whether the log has a line for each request'),
    tokenFile: file.optional().describe('File with the bearer token that clients must show'),
    routes: z
      .record(routeName, z.discriminatedUnion('kind', kinds.map(({ schema }) => schema) as never))
      .refine((routes) => Object.keys(routes).length > 0, { error: 'must have at least one route' })
      .describe('What is served, by name'),
  })
  .refine(({ listen, host, port }) => listen === undefined || (host ?? port) === undefined, {
    error: 'stands instead of host and port, received both',
    path: ['listen'],
  })

export type Config = z.infer<typeof configSchema>
