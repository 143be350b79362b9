/** An error with a stable code; with all of those that led to it, if there are such. */
export function failure(
  code: string,
  action: string,
  why: string,
  errors?: Iterable<unknown>,
): Error {
  const message = `Cannot ${action}: ${why}`
  const error = errors ? new AggregateError(errors, message) : new Error(message)
  return Object.assign(error, { code })
}
