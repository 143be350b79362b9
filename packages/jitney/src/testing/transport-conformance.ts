import { aboveZero, checkFunction, checkOptions } from '../platform/guards.ts'
import type { ConformanceCase } from './conformance/subject.ts'
import { claimingCases } from './transport/claiming.ts'
import { completingCases } from './transport/completing.ts'
import { leaseCases } from './transport/leases.ts'
import type { TransportSubject } from './transport/subject.ts'
import { submittingCases } from './transport/submitting.ts'

/**
 * The cases that every transport of ours passes, for yours: ids that are added once, credit, leases
 * and those who lose them, the first completion that counts, replies that are kept until they are
 * settled, retries, dead letters, bounds, statistics.
 *
 * @returns cases for any test runner; each rejects, with what was expected and what came, when the
 * transport does not conform.
 * @throws TypeError or RangeError for a subject that is none.
 *
 * @example
 * ```ts
 * import { memoryTransport } from 'jitney/remote'
 * import { ManualClock, transportConformance } from 'jitney/testing'
 *
 * const cases = transportConformance({
 *   lease: 30_000,
 *   start: (bounds) => {
 *     const clock = new ManualClock()
 *     const transport = memoryTransport({ ...bounds, clock })
 *     return { transport, advance: (duration) => clock.advance(duration), end: () => {} }
 *   },
 * })
 * for (const { name, run } of cases) await run() // in a test runner: it(name, run)
 * cases[0]?.name // => 'hands out an item once, as it was'
 * ```
 */
export function transportConformance(subject: TransportSubject): readonly ConformanceCase[] {
  const action = 'create conformance cases'
  checkOptions(action, subject, ['start', 'lease'], 'subject')
  checkFunction(action, 'subject.start', subject.start)
  aboveZero(action, 'subject.lease', subject.lease)
  return [
    ...submittingCases(subject),
    ...claimingCases(subject),
    ...leaseCases(subject),
    ...completingCases(subject),
  ]
}
