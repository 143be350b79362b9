import { outcome } from 'jitney'

import { answer, type ItemOutcome, type Later, type Plan } from '../answer.ts'
import type { Action } from './turn.ts'

/** A batch function that was called ends. */
export function endBatch(pick: number, plan: Plan): Action {
  return {
    name: `end batch ${pick}: ${describePlan(plan)}`,
    run: (model, system) => {
      const running = [...model.batches.calls.entries()].filter(
        ([, run]) => run.answer === undefined,
      )
      const [index, run] = running[pick % running.length] ?? []
      const call = index === undefined ? undefined : system.calls[index]
      if (run === undefined || call === undefined || !system.mayEnd()) return
      const ended = answer(plan, call.items, system.askedDelay)
      if (ended.thrown) call.end.reject(ended.returned)
      else call.end.resolve(ended.returned)
      model.batches.end(run, ended)
    },
  }
}

/** The batch function will throw or return, without a promise, as soon as it is called. */
export function planNextBatch(plan: Plan): Action {
  return {
    name: `next batch at once: ${describePlan(plan)}`,
    run: (_, system) => {
      // A plan is carried out once: a copy, for a run is repeated while it shrinks.
      system.plans.push({ ...plan })
    },
  }
}

/** An outcome that is a promise settles. */
export function endOutcome(pick: number, how: 'fulfil' | 'reject' | 'retry'): Action {
  return {
    name: `${how} outcome ${pick}`,
    run: (model, system) => {
      const open = model.batches.running.flatMap((run) =>
        run.open.filter(({ hasEnded }) => !hasEnded).map((item) => ({ run, item })),
      )
      const chosen = open[pick % open.length]
      if (chosen === undefined || !system.mayEnd()) return
      const { run, item } = chosen
      model.batches.endOutcome(run, item, settle(item.later, how, system.askedDelay))
    },
  }
}

function settle(
  { resolve, reject }: Later,
  how: 'fulfil' | 'reject' | 'retry',
  after: number,
): ItemOutcome {
  const error = new Error('a late failure')
  switch (how) {
    case 'fulfil':
      resolve('a late result')
      return { value: 'a late result' }
    case 'reject':
      reject(error)
      return { reason: error }
    case 'retry':
      resolve(outcome.retry({ after }))
      return { retryAfter: after }
  }
}

function describePlan(plan: Plan): string {
  if (plan.kind === 'list')
    return `${plan.each.join(', ')}${plan.saysWhen === true ? ', says when' : ''}`
  if (plan.kind === 'fail') return `fail with ${plan.with}`
  return plan.kind === 'wrong' ? `wrong result, ${plan.what}` : plan.kind
}
