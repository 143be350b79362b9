import { type Guard, guard } from '../platform/guards.ts'

/** What queues may be called: engines have rules of their own for keys and files. */
export const queueName: Guard<string> = /* @__PURE__ */ guard(
  'a name of letters, digits, _, . and -',
  (value) => typeof value === 'string' && /^[\w.-]+$/.test(value),
  'string',
)

/** Unique for ever, as far as 122 random bits are. */
export function newId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}
