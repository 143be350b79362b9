import assert from 'node:assert/strict'

import fc from 'fast-check'
import { afterEach, beforeEach, describe, it, vi } from 'vitest'

import { exactSettings } from './commands/any-settings.ts'
import { anyCommands } from './commands/any.ts'
import { endBatch, endOutcome } from './commands/batches.ts'
import { givePermitBack } from './commands/outsider.ts'
import { close } from './commands/shutdown.ts'
import { Advance } from './commands/time.ts'
import { Turn } from './commands/turn.ts'
import { Model } from './model.ts'
import { luck } from './recovery.ts'
import { runs } from './runs.ts'
import { System } from './system.ts'

beforeEach(() => {
  vi.spyOn(Math, 'random').mockReturnValue(luck)
})
afterEach(() => {
  vi.restoreAllMocks()
})

describe('Batcher, whatever happens in whatever order', () => {
  it('does what the model says, settles every caller once and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(exactSettings, anyCommands, async (settings, commands) => {
        const system = new System(settings)
        const model = new Model(settings, (call) => system.calls[call]?.answer)
        await fc.asyncModelRun(() => ({ model, real: system }), commands)
        await drain(model, system)
      }),
      runs(1000),
    )
  }, 600_000)
})

/** Closes the batcher and ends all that runs. */
async function drain(model: Model, system: System): Promise<void> {
  const { clock, shared } = system
  await new Turn([close(undefined)]).run(model, system)
  while (model.outsiderPermits > 0) await new Turn([givePermitBack]).run(model, system)
  const end = endBatch(0, { kind: 'list', each: ['value'] })
  for (let round = 0; !model.isIdle; round += 1) {
    assert.ok(round < 1000, 'the end is reached')
    await new Turn([end, endOutcome(0, 'fulfil')]).run(model, system)
    // Rate limits may hold what is left.
    if (model.batches.running.length === 0) await new Advance(30).run(model, system)
  }
  assert.equal(model.state, 'closed')
  assert.ok(
    model.callers.every(({ ending }) => ending !== undefined),
    'every caller is settled',
  )
  assert.ok(system.resolved.every(Boolean), 'every flush, onIdle and close resolved')
  assert.equal(clock.timerCount, 0, 'no timer is left')
  assert.deepEqual([shared.semaphore.active, shared.semaphore.queued], [0, 0], 'no permit is left')
}
