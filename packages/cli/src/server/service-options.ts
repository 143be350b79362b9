import type { AccessEntry } from '../log/access-entry.ts'
import type { FailureReport } from './failure-log.ts'

/** Options of a `Service`. `undefined` means the default; durations are milliseconds. */
export interface ServiceOptions {
  /**
   * The address to listen on.
   * @default '127.0.0.1'
   */
  readonly host?: string | undefined
  /**
   * The port to listen on; 0 takes a free one.
   * @default 8080
   */
  readonly port?: number | undefined
  /** The path of a unix socket to listen on instead of an address. */
  readonly listen?: string | undefined
  /** What clients must show as their bearer token, except to the probes; none if it is empty. */
  readonly token?: string | undefined
  /**
   * Names in the `Host` header that are fine beside loopback and `host`; `'*'` allows any.
   * @default []
   */
  readonly allowedHosts?: readonly string[] | undefined
  /**
   * Most bytes in a body.
   * @default 1 MiB
   */
  readonly maxBodySize?: number | undefined
  /**
   * Most connections at once; more are closed as they come.
   * @default Infinity
   */
  readonly maxConnections?: number | undefined
  /**
   * How long a request may take to arrive, from its first byte (or the connection's beginning) on.
   * @default 60 s
   */
  readonly requestTimeout?: number | undefined
  /**
   * Most streams (`POST /NAME/batch`) that are open at once.
   * @default 100
   */
  readonly maxStreams?: number | undefined
  /**
   * Most bytes of items that wait or run, of all routes together.
   * @default 256 MiB
   */
  readonly maxQueuedBytes?: number | undefined
  /** Called whenever a request came or a batch left. */
  readonly onTraffic?: (() => void) | undefined
  /** Takes what went wrong on this side of the door, for the log, as text and in its parts. */
  readonly onFailure?: ((text: string, report: FailureReport) => void) | undefined
  /** Called for each request that has ended; without it nothing is measured for it. */
  readonly onAccess?: ((entry: AccessEntry) => void) | undefined
}

export type ServiceSettings = {
  readonly [Name in Exclude<keyof ServiceOptions, 'onAccess'>]-?: NonNullable<ServiceOptions[Name]>
} & Pick<ServiceOptions, 'onAccess'>

export function serviceSettings(options: ServiceOptions): ServiceSettings {
  return {
    host: options.host ?? '127.0.0.1',
    port: options.port ?? 8080,
    listen: options.listen ?? '',
    token: options.token ?? '',
    allowedHosts: options.allowedHosts ?? [],
    maxBodySize: options.maxBodySize ?? 1024 * 1024,
    maxConnections: options.maxConnections ?? Infinity,
    requestTimeout: options.requestTimeout ?? 60_000,
    maxStreams: options.maxStreams ?? 100,
    maxQueuedBytes: options.maxQueuedBytes ?? 256 * 1024 * 1024,
    onTraffic: options.onTraffic ?? (() => {}),
    onFailure: options.onFailure ?? (() => {}),
    onAccess: options.onAccess,
  }
}
