/** Whether this can be the results of a batch. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
}

/** Whether this can be nothing but a plain value. */
export function isSimple(value: unknown): boolean {
  return (typeof value !== 'object' && typeof value !== 'function') || value === null
}

/** Whether `await` would wait for this. Throws what a hostile `then` getter throws. */
export function isThenable(value: unknown): boolean {
  return typeof (value as Partial<PromiseLike<unknown>> | undefined)?.then === 'function'
}
