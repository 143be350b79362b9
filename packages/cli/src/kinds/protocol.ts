import type { Problem } from '../server/problem.ts'

/** A request as a protocol sees it. */
export interface ProtocolRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** All of the body; empty if there was none. */
  readonly body: Buffer
}

/** What goes back: an object or text is sent as JSON, bytes as they are. */
export interface ProtocolAnswer {
  readonly body: object | string | Uint8Array
  readonly headers?: Readonly<Record<string, string>>
}

/** One request that is under way: its items, and the answer that their results make. */
interface Exchange {
  readonly items: readonly unknown[]
  /**
   * Makes the answer, when every item has its result; the first that failed is a problem instead.
   */
  readonly answer: (results: readonly unknown[]) => ProtocolAnswer
}

/**
 * An API that clients speak as they are, other than one item in and its result out: which paths it
 * answers, how a request is read, how an answer and a problem are written.
 */
export interface Protocol {
  /** The path that takes items, by POST; with its slash. */
  readonly path: string
  /** Others that are the same. */
  readonly otherPaths?: readonly string[] | undefined
  /**
   * Throws a `ProblemError` for what cannot be read.
   */
  readonly read: (request: ProtocolRequest) => Exchange
  /** A problem in the words of this API; by default problem+json. */
  readonly problem?: ((problem: Problem) => ProtocolAnswer) | undefined
  /** What OpenAPI says of the path. */
  readonly operation: object
  /** Further paths that answer GET with what they are told: metadata, readiness. */
  readonly pages?: Readonly<Record<string, () => object | Promise<object>>> | undefined
}
