import { memoryTransport } from 'jitney/remote'
import { ManualClock, transportConformance } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

describe('memoryTransport()', () => {
  const cases = transportConformance({
    lease: 30_000,
    start: (bounds) => {
      const clock = new ManualClock()
      const transport = memoryTransport({ ...bounds, clock })
      return { transport, advance: (duration) => clock.advance(duration), end: () => {} }
    },
  })
  // oxlint-disable-next-line vitest/expect-expect -- each case expects by itself
  it.each(cases)('$name', ({ run }) => run())

  it('refuses wrong options', () => {
    const wrong = [
      { maxItems: 0 },
      { maxReplyBytes: -1 },
      { maxDeadLetters: 0 },
      { retention: NaN },
      { size: 1 },
    ]
    for (const options of wrong) expect(() => memoryTransport(options as object)).toThrow(/Cannot/)
  })
})
