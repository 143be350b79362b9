import fc from 'fast-check'
import { describe, it } from 'vitest'

import { Chaos, gaps, manners, type Move, moves } from './chaos.ts'
import { anySettings } from './commands/any.ts'
import type { Settings } from './model.ts'
import { runs } from './runs.ts'

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...moves.callers) },
  { weight: 8, arbitrary: fc.constantFrom(...moves.batches) },
  { weight: 4, arbitrary: fc.constantFrom(...moves.flow) },
  { weight: 1, arbitrary: fc.constantFrom(...moves.ends) },
)
const anyReactions = fc.record({
  manners: fc.array(fc.constantFrom(...manners), { size: 'max', maxLength: 20 }),
  whenCalled: fc.array(anyMove, { size: 'max', maxLength: 12 }),
  whenAborted: fc.array(anyMove, { size: 'max', maxLength: 12 }),
  whenSettled: fc.array(anyMove, { size: 'max', maxLength: 12 }),
})
const anySteps = fc.array(fc.tuple(anyMove, fc.constantFrom(...gaps)), {
  size: 'max',
  maxLength: 60,
})
const anyOrTight = fc.oneof(
  anySettings,
  // Callers wait in all places at once.
  anySettings.map((settings): Settings => ({ ...settings, maxQueueSize: 1, overflow: 'wait' })),
)

describe('Batcher, when batch functions, listeners and callers act from within', () => {
  it('keeps its order and its bounds, settles every caller once and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(anyOrTight, anyReactions, anySteps, async (settings, reactions, steps) => {
        const { whenCalled, whenAborted, whenSettled } = reactions
        const chaos = new Chaos(settings, {
          manners: [...reactions.manners],
          whenCalled: [...whenCalled],
          whenAborted: [...whenAborted],
          whenSettled: [...whenSettled],
        })
        for (const [move, gap] of steps) {
          chaos.move(move)
          await chaos.pass(gap)
        }
        await chaos.end()
      }),
      runs(1000),
    )
  }, 600_000)
})
