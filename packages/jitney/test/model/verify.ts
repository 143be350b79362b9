import assert from 'node:assert/strict'

import { assertSettlement } from './expectation.ts'
import type { Model } from './model.ts'
import type { System } from './system.ts'

/** What has to hold whenever a turn has ended. */
export function verify(model: Model, system: System): void {
  const { batcher, calls, clock } = system
  const { maxQueueSize } = model.settings
  assert.deepEqual(
    calls.map(({ items, context }) => ({ items, reason: context.reason })),
    model.calls.map(({ callers, reason }) => ({ items: callers.map(({ item }) => item), reason })),
    'the batches',
  )
  const dispatched = calls.flatMap(({ items }) => items)
  assert.deepEqual(
    dispatched,
    dispatched.toSorted((one, other) => one - other),
    'first in, first out',
  )
  assert.deepEqual({ ...system.stats }, model.stats, 'stats()')
  assert.ok(batcher.queuedCount <= maxQueueSize, 'the bound')
  assert.equal(batcher.queuedCount, model.queue.length, 'queuedCount')
  assert.equal(batcher.activeCount, model.runs.length, 'activeCount')
  assert.equal(batcher.state, model.state, 'state')
  assert.equal(clock.timerCount, model.timers.length, 'timers')
  assert.deepEqual(system.listeners, expectedListeners(model, system), 'listeners')
  assert.deepEqual(
    system.resolved,
    model.waits.map(({ done }) => done),
    'flush, onIdle and close',
  )
  verifySignals(model, system)
  verifySettlements(model, system)
}

/** One listener for a signal with which somebody waits, none for others. */
function expectedListeners(model: Model, system: System): number[] {
  const waited = new Set(
    model.callers.filter(({ ending }) => ending === undefined).map(({ signal }) => signal),
  )
  return system.controllers.map(({ signal }) => (waited.has(signal) ? 1 : 0))
}

function verifySignals(model: Model, system: System): void {
  for (const [index, { signalAborted }] of model.calls.entries()) {
    // Every other batch function looks at its signal while it runs, the others much later.
    if (signalAborted === undefined || (index % 2 === 1 && !model.isIdle)) continue
    assert.equal(system.calls[index]?.context.signal.aborted, signalAborted, `signal of ${index}`)
  }
}

function verifySettlements(model: Model, system: System): void {
  for (const { item, ending } of model.callers) {
    if (system.verified.has(item)) continue
    const settlement = system.settlements[item]
    assert.equal(settlement === undefined, ending === undefined, `item ${item} is settled`)
    if (settlement === undefined || ending === undefined) continue
    assertSettlement(settlement, ending, system.errors)
    system.verified.add(item)
  }
}
