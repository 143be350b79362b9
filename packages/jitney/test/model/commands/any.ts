import fc from 'fast-check'

import { itemAnswers, type Plan, wrongAnswers } from '../answer.ts'
import type { Model, Settings } from '../model.ts'
import type { System } from '../system.ts'
import { endBatch, endOutcome, planNextBatch } from './batches.ts'
import { abortCallers, process } from './callers.ts'
import { flush, onIdle, pause, resume } from './flow.ts'
import { set } from './settings.ts'
import { abort, close } from './shutdown.ts'
import { Advance } from './time.ts'
import { type Action, Turn } from './turn.ts'

// Picked from lists, because fast-check favours the ends of a range.
const maxBatchSize = fc.constantFrom(1, 2, 3, 4, 6, 10, Infinity)
const concurrency = fc.constantFrom(1, 1, 2, 3, Infinity)
const maxQueueSize = fc.constantFrom(1, 2, 4, 7, 12, Infinity, Infinity)
// The fractions keep deadlines of different kinds apart: what comes first at one moment is open.
const queueTimes = ['adaptive', 'adaptive', 0, 5.125, 20.125, Infinity] as const
const maxQueueTime: fc.Arbitrary<number | 'adaptive'> = fc.constantFrom(...queueTimes)
const timeout = fc.constantFrom(4.25, 15.25, Infinity, Infinity)
const closeTimeout = fc.constantFrom(undefined, 0.5, 10.5)
const pick = fc.nat(7)
const reason = fc.constantFrom(undefined, null, 0, '', 'a reason')

export const anySettings: fc.Arbitrary<Settings> = fc.record({
  maxBatchSize,
  maxQueueTime,
  concurrency,
  maxQueueSize,
  overflow: fc.constantFrom('reject', 'wait'),
  timeout,
})

const anyPlan: fc.Arbitrary<Plan> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('list' as const),
      each: fc.array(fc.constantFrom(...itemAnswers), { minLength: 1, maxLength: 4 }),
    }),
  },
  fc.record({ kind: fc.constantFrom('nothing' as const, 'fail' as const) }),
  fc.record({ kind: fc.constant('wrong' as const), what: fc.constantFrom(...wrongAnswers) }),
)

// Now and then so many that the queue tidies up.
const count = fc.oneof(
  { weight: 40, arbitrary: fc.constantFrom(1, 1, 2, 4) },
  { weight: 1, arbitrary: fc.constant(70) },
)
const anyProcess = fc
  .tuple(count, fc.constantFrom('none', 'own', 'shared', 'aborted'))
  .map((given) => process(...given))
const anyEnd = fc.tuple(pick, anyPlan).map(([index, plan]) => endBatch(index, plan))

const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 12, arbitrary: anyProcess },
  { weight: 14, arbitrary: anyEnd },
  { weight: 3, arbitrary: fc.tuple(pick, reason).map((given) => abortCallers(...given)) },
  { weight: 2, arbitrary: anyPlan.map(planNextBatch) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(pick, fc.constantFrom('fulfil', 'reject'))
      .map(([index, how]) => endOutcome(index, how)),
  },
  { weight: 3, arbitrary: fc.constantFrom(flush, onIdle, pause, resume, resume, resume) },
  { weight: 1, arbitrary: maxBatchSize.map((value) => set('maxBatchSize', value)) },
  { weight: 1, arbitrary: maxQueueTime.map((value) => set('maxQueueTime', value)) },
  { weight: 1, arbitrary: concurrency.map((value) => set('concurrency', value)) },
)

const anyEndOfLife: fc.Arbitrary<Action> = fc.oneof(closeTimeout.map(close), reason.map(abort))

const anyTurn = fc
  .array(fc.oneof({ weight: 80, arbitrary: anyAction }, anyEndOfLife), {
    minLength: 1,
    maxLength: 3,
  })
  .map((actions) => new Turn(actions))

const anyAdvance = fc.constantFrom(1, 3, 10, 30).map((duration) => new Advance(duration))

export const anyCommands: fc.Arbitrary<Iterable<fc.AsyncCommand<Model, System>>> = fc.commands(
  [anyTurn, anyTurn, anyTurn, anyAdvance],
  { maxCommands: 40, size: 'max' },
)
