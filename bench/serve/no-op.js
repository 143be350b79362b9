import { atLeast } from '../table/bound.js'
import { inTurns } from './in-turns.js'

/** A batch function that does nothing, over a bare Fastify server. */
export const noOp = {
  budgets: { 'requests per second over bare': atLeast(0.7) },
  async measure(round, milliseconds) {
    const { rateRatio, costRatio, cost } = await inTurns(
      ['no-op', 'bare-fastify'],
      round,
      milliseconds,
    )
    return {
      'requests per second over bare': rateRatio,
      'requests per CPU second over bare': costRatio,
      'CPU per request, microseconds': cost * 1000,
    }
  },
}
