import type { Operation } from './operations.ts'

/** To the thread. */
export interface Request {
  readonly id: number
  readonly task: Task
}

export type Task =
  /** In one transaction. */
  | { readonly kind: 'run'; readonly operations: readonly Operation[] }
  /** Gives another number when another process has written. */
  | { readonly kind: 'version' }
  | { readonly kind: 'close' }

/** From it. */
export type Response =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: { readonly message: string; readonly code: unknown } }

/** What the thread is told when it starts. */
export interface ThreadData {
  readonly file: string
  readonly binding: string | undefined
}
