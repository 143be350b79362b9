import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readAnswer } from '../../src/worker/read-answer.ts'
import { readReply, type Reply } from '../../src/worker/reply.ts'

const index = fc.oneof(fc.nat(4).map(String), fc.constantFrom('-1', '1.5', 'x', '__proto__', ''))
const part = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(index, fc.jsonValue()),
  fc.array(fc.jsonValue()),
)
const answer = fc.record(
  { id: fc.jsonValue(), results: part, errors: part, retries: part, error: fc.jsonValue() },
  { requiredKeys: [] },
)
const line = fc.oneof(
  answer.map((value) => JSON.stringify(value)),
  fc.json(),
  fc.string(),
)

/** What `readAnswer` and `readReply` make of it, in words. */
function readingOf(text: string): string {
  let reply: Reply
  try {
    ;({ reply } = readAnswer(text))
  } catch (error) {
    return String(error).startsWith('Error: expected {"id": …') ? 'refused' : String(error)
  }
  if (reply.error !== undefined) return 'failed'
  const outcomes = (readReply(reply) ?? []) as unknown[]
  const said = new Set([reply.errors ?? {}, reply.retries ?? {}].flatMap(Object.keys))
  const results = (reply.results ?? []) as unknown[]
  const told = outcomes.filter((outcome, place) => outcome !== results[place])
  return told.length === said.size ? 'read' : `${said.size} items failed, ${told.length} are told`
}

describe('readAnswer()', () => {
  it('says what is wrong, or tells of each item that failed, whatever a program writes', () => {
    const readings = new Set<string>()
    fc.assert(
      fc.property(line, (text) => {
        const reading = readingOf(text)
        readings.add(reading)
        expect(['refused', 'failed', 'read']).toContain(reading)
      }),
      // Of each kind one: what is drawn may have none of it.
      { numRuns: 2000, examples: [['{"id":1,"results":[2]}'], ['{"id":1,"error":"no"}'], ['{}']] },
    )
    expect(readings.size).toBe(3)
  })
})
