import { isWithinLevels } from './nesting.ts'

const deepest = 20
/** Every thread can read so many: the main thread has the smallest stack, which takes 3000. */
export const mostLevels = 1000

/** Whether a value can be sent to another thread. What is plainly so is not copied to find out. */
export function isCloneable(value: unknown): boolean {
  if (isPlainly(value, 0)) return true
  try {
    structuredClone(value)
    return isWithinLevels(value, mostLevels)
  } catch {
    return false
  }
}

function isPlainly(value: unknown, depth: number): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false
  if (typeof value !== 'object' || value === null) return true
  // A buffer that was moved already is refused by the copy.
  if (ArrayBuffer.isView(value)) return value.byteLength > 0
  if (depth > deepest) return false
  if (Array.isArray(value)) return value.every((element) => isPlainly(element, depth + 1))
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  try {
    return Object.values(value).every((field) => isPlainly(field, depth + 1))
  } catch {
    return false
  }
}
