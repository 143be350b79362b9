import { answer, type Plan } from '../answer.ts'
import type { Action } from './turn.ts'

/** A batch function that was called ends. */
export function endBatch(pick: number, plan: Plan): Action {
  return {
    name: `end batch ${pick}: ${describePlan(plan)}`,
    run: (model, system) => {
      const running = [...model.calls.keys()].filter(
        (index) => model.calls[index]?.answer === undefined,
      )
      const index = running[pick % running.length]
      if (index === undefined) return
      const run = model.calls[index]
      const call = system.calls[index]
      if (run === undefined || call === undefined) return
      const ended = answer(plan, call.items)
      if (ended.thrown) call.end.reject(ended.returned)
      else call.end.resolve(ended.returned)
      model.end(run, ended)
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
export function endOutcome(pick: number, how: 'fulfil' | 'reject'): Action {
  return {
    name: `${how} outcome ${pick}`,
    run: (model) => {
      const open = model.runs.flatMap((run) =>
        run.open.filter(({ ending }) => ending === undefined),
      )
      const outcome = open[pick % open.length]
      if (outcome === undefined) return
      const settled = how === 'fulfil' ? 'a late result' : new Error('a late failure')
      if (how === 'fulfil') outcome.later.resolve(settled)
      else outcome.later.reject(settled)
      model.endOutcome(outcome, how === 'fulfil' ? { value: settled } : { reason: settled })
    },
  }
}

function describePlan(plan: Plan): string {
  if (plan.kind === 'list') return plan.each.join(', ')
  return plan.kind === 'wrong' ? `wrong result, ${plan.what}` : plan.kind
}
