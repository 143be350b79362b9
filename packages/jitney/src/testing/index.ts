/**
 * For tests: a clock and a batch function under the test's control, and suites that hold an
 * implementation to its guarantees.
 */
export { detectReentrancy, ReentrancyError } from './detect-reentrancy.ts'
export { deferred, type Deferred } from './deferred.ts'
export { manualBatches, type ManualBatch, type ManualBatches } from './manual-batches.ts'
export { ManualClock } from './manual-clock.ts'
export { settle } from './settle.ts'
export { conformance } from './conformance.ts'
export { ConformanceError } from './conformance/expect-that.ts'
export type { ConformanceCase, ConformanceRun, ConformanceSubject } from './conformance/subject.ts'
export { transportConformance } from './transport-conformance.ts'
export type { TransportBounds, TransportRun, TransportSubject } from './transport/subject.ts'
