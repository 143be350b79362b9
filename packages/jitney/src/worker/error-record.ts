/** Marks what was thrown but is no `Error`. */
interface ThrownValue {
  readonly thrown: unknown
}

const mostCauses = 10

/** An error as plain data, with the fields of its own that can cross over. */
export function writeError(
  error: unknown,
  canCross: (value: unknown) => boolean,
  causes: number = mostCauses,
): object {
  if (!(error instanceof Error)) {
    return { thrown: canCross(error) ? error : String(error) } satisfies ThrownValue
  }
  const record: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(error)) if (canCross(value)) record[field] = value
  record['name'] = error.name
  record['message'] = error.message
  record['stack'] = String(error.stack)
  if (error.cause instanceof Error) {
    // It can be its own.
    if (causes > 0) record['cause'] = writeError(error.cause, canCross, causes - 1)
  } else if (error.cause !== undefined && canCross(error.cause)) record['cause'] = error.cause
  return record
}

/** The error again: a text is its message, an object its fields. */
export function readError(record: unknown): unknown {
  if (typeof record !== 'object' || record === null) return new Error(String(record))
  if ('thrown' in record) return record.thrown
  const { message, name, cause, ...fields } = record as Record<string, unknown>
  const error = new Error(typeof message === 'string' ? message : JSON.stringify(record))
  for (const [field, value] of Object.entries(fields)) define(error, field, value)
  if (typeof name === 'string' && name !== 'Error') define(error, 'name', name)
  if (cause !== undefined) define(error, 'cause', isRecord(cause) ? readError(cause) : cause)
  return error
}

function isRecord(value: unknown): boolean {
  return typeof (value as { message?: unknown } | null)?.message === 'string'
}

/** As `Error` does it: `stack`, `name` and `cause` are not listed. A field named `__proto__` is one. */
function define(error: Error, field: string, value: unknown): void {
  const enumerable = !['stack', 'name', 'cause'].includes(field)
  Object.defineProperty(error, field, { value, enumerable, writable: true, configurable: true })
}
