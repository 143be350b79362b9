import assert from 'node:assert/strict'

import fc from 'fast-check'
import { describe, it } from 'vitest'

import { anyCommands, anySettings } from './commands/any.ts'
import { endBatch, endOutcome } from './commands/batches.ts'
import { close } from './commands/shutdown.ts'
import { Turn } from './commands/turn.ts'
import { Model } from './model.ts'
import { runs } from './runs.ts'
import { System } from './system.ts'

describe('Batcher, whatever happens in whatever order', () => {
  it('does what the model says, settles every caller once and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(anySettings, anyCommands, async (settings, commands) => {
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
  await new Turn([close(undefined)]).run(model, system)
  const rest = [endBatch(0, { kind: 'list', each: ['value'] }), endOutcome(0, 'fulfil')]
  for (let round = 0; model.runs.length > 0; round += 1) {
    assert.ok(round < 1000, 'the end is reached')
    await new Turn(rest).run(model, system)
  }
  assert.equal(model.state, 'closed')
  assert.ok(
    model.callers.every(({ ending }) => ending !== undefined),
    'every caller is settled',
  )
  assert.ok(system.resolved.every(Boolean), 'every flush, onIdle and close resolved')
  assert.equal(system.clock.timerCount, 0, 'no timer is left')
}
