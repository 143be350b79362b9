import type { Answer } from './service.ts'
import { isThrottled, isTransient } from './verdict.ts'

interface Entry {
  readonly Id?: unknown
  readonly Code?: string
  readonly Message?: string
  readonly SenderFault?: boolean
  readonly ErrorCode?: string | undefined
  readonly ErrorMessage?: string | undefined
}

const unsaid: Answer<never> = { kind: 'unknown', awsMessage: 'the answer does not tell of it' }

/** Adds what tells the entries of a request apart. */
export function withIds<Item>(items: readonly Item[]): (Item & { Id: string })[] {
  return items.map((item, index) => ({ ...item, Id: String(index) }))
}

/** Answers of `Successful` and `Failed`, which are known by the ids of `withIds`. */
export function answersById<Result>(
  output: object,
  count: number,
  valueOf: (entry: never) => Result,
): Answer<Result>[] {
  const { Successful, Failed } = output as Record<string, unknown>
  const answers = new Map<unknown, Answer<Result>>()
  for (const entry of listOf(Successful)) {
    answers.set(entry.Id, { kind: 'done', value: valueOf(entry as never) })
  }
  // What is said to have failed is not taken for done, whatever else is said of it.
  for (const { Id, Code = 'Unknown', Message, SenderFault } of listOf(Failed)) {
    const kind = SenderFault === true && !isThrottled(Code) ? 'refused' : 'again'
    answers.set(Id, { kind, awsCode: Code, awsMessage: Message })
  }
  return Array.from({ length: count }, (_, index) => answers.get(String(index)) ?? unsaid)
}

/** Answers by position: those that failed have an `ErrorCode`, those that did not an id. */
export function answersByPlace<Result>(
  given: unknown,
  count: number,
  id: string,
  valueOf: (entry: never) => Result,
): Answer<Result>[] {
  const entries = listOf(given)
  if (entries.length !== count) {
    const awsMessage = `the answer tells of ${entries.length} of ${count} items`
    return Array.from({ length: count }, () => ({ kind: 'unknown', awsMessage }))
  }
  return entries.map((entry) => {
    const { ErrorCode, ErrorMessage } = entry
    if (!ErrorCode) {
      const isDone = typeof (entry as Record<string, unknown>)[id] === 'string'
      return isDone ? { kind: 'done', value: valueOf(entry as never) } : unsaid
    }
    const kind = isTransient(ErrorCode) ? 'again' : 'refused'
    return { kind, awsCode: ErrorCode, awsMessage: ErrorMessage }
  })
}

function listOf(value: unknown): Entry[] {
  return Array.isArray(value) ? value.map((each: unknown) => Object(each) as Entry) : []
}

/** What the service says of an entry, but for the id that we gave it. */
export function withoutId(entry: object): unknown {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== 'Id'))
}
