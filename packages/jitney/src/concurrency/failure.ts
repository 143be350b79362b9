/** An error with a stable code. */
export function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
