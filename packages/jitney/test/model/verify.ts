import assert from 'node:assert/strict'

import { isAwaited } from './entry.ts'
import { assertSettlement } from './expectation.ts'
import type { Model, Timer } from './model.ts'
import type { System } from './system.ts'

/** What has to hold whenever a turn has ended. */
export function verify(model: Model, system: System): void {
  const { batcher } = system
  const { places, batches } = model
  verifyBatches(model, system)
  // Nothing is learned here.
  const { name, a: _a, b: _b, pace: _pace, lastReasons: _reasons, ...stats } = system.stats
  assert.deepEqual({ ...stats, name }, { ...model.stats, name: undefined }, 'stats()')
  assert.equal(batcher.queuedCount, places.queued.length, 'queuedCount')
  assert.equal(batcher.activeCount, batches.running.length, 'activeCount')
  assert.equal(batcher.state, model.state, 'state')
  assert.deepEqual(system.listeners, expectedListeners(model, system), 'listeners')
  assert.deepEqual(
    system.resolved,
    model.waits.map(({ done }) => done),
    'flush, onIdle and close',
  )
  verifyTimers(model, system)
  verifyShared(model, system)
  verifySignals(model, system)
  verifyEntries(model, system)
  verifySettlements(model, system)
}

function verifyBatches({ batches }: Model, { calls }: System): void {
  assert.deepEqual(
    calls.map(({ items }) => items),
    batches.calls.map(({ given }) => given.map(({ item }) => item.number)),
    'the batches',
  )
  for (const [index, { context }] of calls.entries()) {
    const reasons = batches.calls[index]?.reasons ?? []
    assert.ok(
      reasons.includes(context.reason),
      `reason of ${index}: ${context.reason}, not ${reasons.join(' or ')}`,
    )
  }
}

/** A timer that could only wake a batch which others hold up may run or not. */
function verifyTimers(model: Model, system: System): void {
  const { timers } = model
  const count = (of: Timer['of']): number => timers.filter((timer) => timer.of === of).length
  const sure = count('timeout') + count('close')
  const rests = model.places.resting.length
  const least = sure + Math.min(1, rests) + (model.isHeld ? 0 : count('window'))
  const most = sure + rests + count('window')
  const actual = system.timerCount
  assert.ok(least <= actual && actual <= most, `timers: ${actual}, not ${least} to ${most}`)
}

/** Neither less nor more was taken of what is shared, and nobody stands in line for nothing. */
function verifyShared(model: Model, { shared }: System): void {
  const own = model.batches.running.filter(({ hasPermit }) => hasPermit).length
  assert.equal(shared.semaphore.active, own + model.outsiderPermits, 'permits')
  for (const [index, limiter] of shared.limiters.entries()) {
    const allowance = Math.max(0, model.rates[index]?.allowance(model.now) ?? 0)
    if (limiter.queued === 0) assert.equal(limiter.allowance, allowance, 'allowance')
    if (model.places.queued.length === 0) assert.equal(limiter.queued, 0, 'place in line')
  }
}

/** One listener for a signal with which somebody waits, none for others. */
function expectedListeners(model: Model, system: System): number[] {
  const waited = new Set(
    model.callers.filter(({ ending }) => ending === undefined).map(({ signal }) => signal),
  )
  return system.controllers.map(({ signal }) => (waited.has(signal) ? 1 : 0))
}

function verifySignals(model: Model, system: System): void {
  for (const [index, { signalAborted }] of model.batches.calls.entries()) {
    // Every other batch function looks at its signal while it runs, the others much later.
    if (signalAborted === undefined || (index % 2 === 1 && !model.isIdle)) continue
    assert.equal(system.calls[index]?.context.signal.aborted, signalAborted, `signal of ${index}`)
  }
}

/** What batch functions are told of single items. Two of three look, one of them late. */
function verifyEntries(model: Model, { calls, ids }: System): void {
  for (const [
    index,
    { given, attempts, state, signalAborted, start },
  ] of model.batches.calls.entries()) {
    const looks = index % 3 === 0 || (index % 3 === 1 && start < model.now)
    if (state !== 'running' || !looks) continue
    const { key, entries } = (calls[index] as System['calls'][number]).context
    assert.equal(key, model.settings.keyed ? given[0]?.item.key : undefined, 'key')
    assert.deepEqual(
      entries.map(({ signal }) => signal.aborted),
      given.map((entry) => signalAborted === true || !isAwaited(entry)),
      `signals of the entries of ${index}`,
    )
    for (const [place, entry] of given.entries()) {
      const { id, attempt } = entries[place] as (typeof entries)[number]
      assert.equal(attempt, attempts[place], `attempt of item ${entry.item.number}`)
      ids[entry.item.number] ??= id
      assert.equal(id, ids[entry.item.number], 'an item keeps its id')
    }
  }
  const known = ids.filter((id) => id !== undefined)
  assert.equal(new Set(known).size, known.length, 'no two items have the same id')
}

function verifySettlements(model: Model, system: System): void {
  for (const { number, ending } of model.callers) {
    if (system.verified.has(number)) continue
    const settlement = system.settlements[number]
    assert.equal(settlement === undefined, ending === undefined, `item ${number} is settled`)
    if (settlement === undefined || ending === undefined) continue
    assertSettlement(settlement, ending, system.errors)
    system.verified.add(number)
  }
}
