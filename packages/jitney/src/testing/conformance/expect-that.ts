import { describe } from '../../platform/describe.ts'

/** What a subject did that it should not have done. */
export class ConformanceError extends Error {
  static {
    ConformanceError.prototype.name = 'ConformanceError'
  }

  /** Tells this error from others, also where there are two copies of the package. */
  readonly code = 'JITNEY_NOT_CONFORMANT'
}

export function expectThat(fits: boolean, message: string): void {
  if (!fits) throw new ConformanceError(message)
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  expectThat(
    isEqual(actual, expected),
    `Expected ${what} to be ${show(expected)}, received ${show(actual)}`,
  )
}

/** Resolves to what it rejects with. */
export async function expectRejection(promise: Promise<unknown>, what: string): Promise<unknown> {
  let result: unknown
  try {
    result = await promise
  } catch (error) {
    expectThat(
      error instanceof Error,
      `Expected ${what} to reject with an Error, received ${describe(error)}`,
    )
    return error
  }
  throw new ConformanceError(`Expected ${what} to reject, received ${show(result)}`)
}

/** By fields, as JSON would show them, `undefined` and `NaN` told apart. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return false
  }
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    isEqual(primitiveOf(one), primitiveOf(other)) &&
    names.every(
      (name) =>
        Object.hasOwn(other, name) &&
        isEqual((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]),
    )
  )
}

/** What a Date or a boxed value stands for; the message of an error, which is no listed field. */
function primitiveOf(value: object): unknown {
  if (value instanceof Error) return value.message
  const primitive: unknown = value.valueOf()
  return typeof primitive === 'object' ? undefined : primitive
}

function show(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? describe(value)).slice(0, 300)
  } catch {
    return describe(value)
  }
}
