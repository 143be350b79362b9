import fc from 'fast-check'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'

import { Chaos } from './chaos/chaos.ts'
import { gaps, manners, type Move, moves } from './chaos/moves.ts'
import { anySettings } from './commands/any-settings.ts'
import { luck } from './recovery.ts'
import { runs } from './runs.ts'
import type { Settings } from './settings.ts'

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(...moves.callers) },
  { weight: 24, arbitrary: fc.constantFrom(...moves.batches) },
  { weight: 8, arbitrary: fc.constantFrom(...moves.flow) },
  { weight: 2, arbitrary: fc.constantFrom(...moves.settings) },
  { weight: 8, arbitrary: fc.constantFrom(...moves.outsider) },
  { weight: 1, arbitrary: fc.constantFrom(...moves.ends) },
)
const anyReactions = fc.record({
  priorities: fc.boolean(),
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
  { weight: 2, arbitrary: anySettings },
  // Callers wait in all places at once.
  anySettings.map((settings): Settings => ({ ...settings, maxQueueSize: 1, overflow: 'wait' })),
  // Items come back at once.
  anySettings.map((settings): Settings => {
    const retry = { attempts: 3, minDelay: 0, maxDelay: 0, when: 'also after timeouts' } as const
    return { ...settings, retry }
  }),
)

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(luck)
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('Batcher, when batch functions, listeners and callers act from within', () => {
  it('keeps its order and its bounds, settles every caller once and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(anyOrTight, anyReactions, anySteps, async (settings, reactions, steps) => {
        const { priorities, whenCalled, whenAborted, whenSettled } = reactions
        const chaos = new Chaos(settings, {
          priorities,
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
