import type { Action } from './turn.ts'

/** Somebody else asks for a permit of the shared semaphore, without waiting. */
export const takePermit: Action = {
  name: 'outsider takes a permit',
  run: (model, { shared }) => {
    const permit = shared.semaphore.tryAcquire()
    if (permit === undefined) return
    shared.permits.push(permit)
    model.outsiderHas(1)
  },
}

export const givePermitBack: Action = {
  name: 'outsider gives a permit back',
  run: (model, { shared }) => {
    const permit = shared.permits.pop()
    if (permit === undefined) return
    permit.release()
    model.outsiderHas(-1)
  },
}

/** Somebody else asks for units of a rate limit, without waiting. */
export function takeUnits(pick: number, units: number): Action {
  return {
    name: `outsider takes ${units} of rate limit ${pick}`,
    run: (model, { shared }) => {
      const limiter = shared.limiters[pick]
      if (limiter === undefined || units > limiter.limit) return
      if (limiter.tryTake(units)) model.rates[pick]?.take(units, model.now)
    },
  }
}
