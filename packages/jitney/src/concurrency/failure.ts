/** An error with a stable code; with all of those that led to it, if there are such. */
export function failure(
  code: string,
  action: string,
  why: string,
  errors?: Iterable<unknown>,
): Error {
  const message = `Cannot ${action}: ${why}`
  return Object.assign(errors ? AggregateError(errors, message) : Error(message), { code })
}
