import assert from 'node:assert/strict'

import fc from 'fast-check'
import { describe, it } from 'vitest'

import { stubJitter } from '../support/jitter.ts'
import { eventsDuring } from '../support/process-events.ts'
import {
  RecoveryChaos,
  type RecoveryMove,
  recoveryMoves,
  type RecoverySettings,
} from './recovery-chaos.ts'
import { runs } from './runs.ts'

const anySettings: fc.Arbitrary<RecoverySettings> = fc.record({
  maxBatchSize: fc.integer({ min: 1, max: 8 }),
  concurrency: fc.integer({ min: 1, max: 3 }),
  maxQueueSize: fc.constantFrom(1, 3, Infinity, Infinity),
  overflow: fc.constantFrom('reject', 'wait'),
  timeout: fc.constantFrom(2, 20, Infinity),
  attempts: fc.constantFrom(undefined, 1, 2, 3),
  always: fc.boolean(),
  splitOnError: fc.boolean(),
  kinds: fc.constantFrom(undefined, 1, 3, 10),
  keys: fc.constantFrom(undefined, undefined, 2),
})
const anyMove: fc.Arbitrary<RecoveryMove> = fc.oneof(
  { weight: 24, arbitrary: fc.constantFrom(...recoveryMoves.callers) },
  { weight: 16, arbitrary: fc.constantFrom(...recoveryMoves.batches) },
  { weight: 10, arbitrary: fc.constantFrom(...recoveryMoves.flow) },
  { weight: 1, arbitrary: fc.constantFrom(...recoveryMoves.ends) },
)
const someMoves = fc.array(anyMove, { size: 'max', maxLength: 8 })
const anyReactions = fc.record({
  whenCalled: someMoves,
  whenAsked: someMoves,
  whenAborted: someMoves,
  whenSettled: someMoves,
})
const anySteps = fc.array(fc.tuple(anyMove, fc.boolean()), { size: 'max', maxLength: 80 })

describe('Batcher with retries, halves and shared items, whatever happens in whatever order', () => {
  it('settles every caller once, sends nothing twice at once and leaves nothing behind', async () => {
    stubJitter(0.5)
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      await fc.assert(
        fc.asyncProperty(
          anySettings,
          anyReactions,
          anySteps,
          async (settings, reactions, steps) => {
            const { whenAborted, whenAsked, whenCalled, whenSettled } = reactions
            const chaos = new RecoveryChaos(settings, {
              whenCalled: [...whenCalled],
              whenAsked: [...whenAsked],
              whenAborted: [...whenAborted],
              whenSettled: [...whenSettled],
            })
            for (const [move, turn] of steps) await chaos.move(move, turn)
            await chaos.end()
          },
        ),
        runs(1000),
      )
    })
    assert.deepEqual(unhandled, [])
  }, 600_000)
})
