import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readAnswer } from '../../src/worker/read-answer.ts'
import { readReply } from '../../src/worker/reply.ts'

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

describe('readAnswer()', () => {
  it('says what is wrong, or gives what can be read as outcomes, whatever a program writes', () => {
    fc.assert(
      fc.property(line, (text) => {
        let reply
        try {
          ;({ reply } = readAnswer(text))
        } catch (error) {
          expect(error).toBeInstanceOf(Error)
          expect(String(error)).toMatch(/^Error: expected \{"id": …/)
          return
        }
        if (reply.error !== undefined) {
          expect(() => readReply(reply)).toThrow()
          return
        }
        const outcomes = readReply(reply)
        expect(outcomes === undefined || Array.isArray(outcomes)).toBe(true)
        // None of what it says of single items is lost.
        const said = new Set([reply.errors ?? {}, reply.retries ?? {}].flatMap(Object.keys))
        const marked = [...((outcomes ?? []) as unknown[])].filter(
          (outcome, place) => outcome !== (reply.results as unknown[])[place],
        )
        expect(marked).toHaveLength(said.size)
      }),
      { numRuns: 2000 },
    )
  })
})
