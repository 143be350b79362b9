import fc from 'fast-check'

import { failures, itemAnswers, type Plan, wrongAnswers } from '../answer.ts'
import type { Model } from '../model.ts'
import type { System } from '../system.ts'
import { anyConcurrency, anyMaxBatchSize, anyMaxQueueTime } from './any-settings.ts'
import { endBatch, endOutcome, planNextBatch } from './batches.ts'
import { abortCallers, type Call, process } from './callers.ts'
import { flush, onIdle, pause, resume } from './flow.ts'
import { givePermitBack, takePermit, takeUnits } from './outsider.ts'
import { set } from './settings.ts'
import { abort, close } from './shutdown.ts'
import { Advance } from './time.ts'
import { type Action, Turn } from './turn.ts'

const closeTimeout = fc.constantFrom(undefined, 0.5, 10.5)
const pick = fc.nat(7)
const reason = fc.constantFrom(undefined, null, 0, '', 'a reason')

const anyPlan: fc.Arbitrary<Plan> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      each: fc.array(fc.constantFrom(...itemAnswers), { minLength: 1, maxLength: 4 }),
      saysWhen: fc.boolean(),
    }),
  },
  { weight: 5, arbitrary: fc.constant({ kind: 'fail' as const, with: 'an error' as const }) },
  fc.record({
    kind: fc.constant('fail' as const),
    with: fc.constantFrom(...(Object.keys(failures) as (keyof typeof failures)[])),
  }),
  fc.constant({ kind: 'nothing' as const }),
  fc.record({ kind: fc.constant('wrong' as const), what: fc.constantFrom(...wrongAnswers) }),
)

// Now and then so many that the queue tidies up.
const count = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(1, 1, 2, 4) },
  { weight: 1, arbitrary: fc.constant(70) },
)
const weight = fc.constantFrom(0, 1, 2, 3, 4, 6)
const anyCall: fc.Arbitrary<Call> = fc.record({
  count,
  signal: fc.constantFrom('none', 'own', 'shared', 'aborted'),
  // Fractions of a point, because no run takes seconds.
  priority: fc.constantFrom(0, 0, 0, 1 / 64, -1 / 64, 1),
  traits: fc.array(fc.record({ twin: fc.nat(12), weights: fc.tuple(weight, weight) }), {
    minLength: 1,
    maxLength: 4,
  }),
})

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: anyCall.map(process) },
  { weight: 14, arbitrary: fc.tuple(pick, anyPlan).map((given) => endBatch(...given)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(pick, fc.constantFrom('fulfil', 'reject', 'retry'))
      .map((given) => endOutcome(...given)),
  },
  { weight: 3, arbitrary: fc.tuple(pick, reason).map((given) => abortCallers(...given)) },
  { weight: 2, arbitrary: anyPlan.map(planNextBatch) },
  { weight: 5, arbitrary: fc.constantFrom(flush, flush, onIdle, pause, resume, resume) },
  { weight: 1, arbitrary: anyMaxBatchSize.map((value) => set('maxBatchSize', value)) },
  { weight: 1, arbitrary: anyMaxQueueTime.map((value) => set('maxQueueTime', value)) },
  { weight: 1, arbitrary: anyConcurrency.map((value) => set('concurrency', value)) },
)

const anyEndOfLife: fc.Arbitrary<Action> = fc.oneof(closeTimeout.map(close), reason.map(abort))

const anyActions = fc.array(
  fc.oneof({ weight: 120, arbitrary: anyAction }, { weight: 1, arbitrary: anyEndOfLife }),
  { minLength: 1, maxLength: 3 },
)
const anyTurn = fc
  .tuple(anyActions, fc.constantFrom('a', 'a', 'b', 'c'))
  .map((given) => new Turn(...given))

/** In a turn of its own: when a permit arrives is for the semaphore to say. */
const anyOutsider = fc
  .oneof(
    fc.constantFrom(takePermit, givePermitBack),
    fc.tuple(fc.nat(1), fc.constantFrom(0, 1, 2, 5)).map((given) => takeUnits(...given)),
  )
  .map((action) => new Turn([action]))

const anyAdvance = fc.constantFrom(1, 3, 10, 30, 60).map((duration) => new Advance(duration))

export const anyCommands: fc.Arbitrary<Iterable<fc.AsyncCommand<Model, System>>> = fc.commands(
  [anyTurn, anyTurn, anyTurn, anyTurn, anyOutsider, anyAdvance],
  { maxCommands: 40, size: 'max' },
)
