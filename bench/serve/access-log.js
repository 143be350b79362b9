import { inTurns } from './in-turns.js'

/** What a line for each request costs, written to the null device. */
export const accessLog = {
  budgets: {},
  async measure(round, milliseconds) {
    const { costRatio } = await inTurns(['no-op-logged', 'no-op'], round, milliseconds)
    return { 'CPU per request over none': 1 / costRatio }
  },
}
