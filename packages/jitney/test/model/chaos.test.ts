import fc from 'fast-check'
import { describe, it } from 'vitest'

import { Chaos, gaps, manners, moves } from './chaos.ts'
import { anySettings } from './commands/any.ts'
import { runs } from './runs.ts'

// Closing and aborting end the game: mostly something else.
const [processing] = moves
const anyMove = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...moves) },
  fc.constantFrom(processing, ...moves.slice(0, 7)),
)
const anyReactions = fc.record({
  manners: fc.array(fc.constantFrom(...manners), { size: 'max', maxLength: 20 }),
  whenCalled: fc.array(anyMove, { maxLength: 6 }),
  whenAborted: fc.array(anyMove, { maxLength: 6 }),
  whenSettled: fc.array(anyMove, { maxLength: 6 }),
})
const anySteps = fc.array(fc.tuple(anyMove, fc.constantFrom(...gaps)), {
  size: 'max',
  maxLength: 60,
})

describe('Batcher, when batch functions, listeners and callers act from within', () => {
  it('keeps its order and its bounds, settles every caller once and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(anySettings, anyReactions, anySteps, async (settings, reactions, steps) => {
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
      runs(500),
    )
  }, 600_000)
})
