/** Whether DataLoader takes it for a list: an object with a length, whose last place is not empty. */
export function isArrayLike(value: unknown): value is ArrayLike<unknown> {
  if (typeof value !== 'object' || value === null) return false
  const { length } = value as { length?: unknown }
  if (typeof length !== 'number') return false
  return length === 0 || (length > 0 && Object.hasOwn(value, length - 1))
}
