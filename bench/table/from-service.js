import { figuresOf } from './figures.js'
import { verdictOf } from './bound.js'

/**
 * A budget that the service is measured for under load: a row for each figure that `rows` names.
 *
 * @param {string} name
 * @param {object} scenario
 * @param {Readonly<Record<string, import('./bound.js').Bound>>} scenario.budgets
 * @param {(round: number, milliseconds: number) => Promise<Record<string, number>>} scenario.measure
 * @param {() => string | undefined} [scenario.missing]
 * @param {object} words
 * @param {string} words.title
 * @param {Readonly<Record<string, { figure: string, floor?: string, unit?: string, peers?: readonly string[] }>>} words.rows
 *   by the scenario's figure; `peers` are figures of others in the same unit
 * @returns {import('./types.js').Budget}
 */
export function fromService(name, { budgets, measure, missing }, { title, rows }) {
  return {
    name,
    title,
    missing,
    async measure({ quick, rounds, report }) {
      const measured = []
      for (let round = 0; round < Math.min(rounds, 3); round++) {
        report(`${name}, round ${round + 1}`)
        measured.push(await measure(round, quick ? 2000 : 6000))
      }
      const entryOf = (key) => ({
        name: key,
        figures: figuresOf(measured.map((figures) => figures[key])),
      })
      return Object.entries(rows).map(([key, { figure, floor, unit = '', peers = [] }]) => {
        const ours = { ...entryOf(key), name: 'jitney serve' }
        return {
          what: title,
          figure,
          unit,
          ...(floor && { floor: { what: floor } }),
          ours,
          peers: peers.map(entryOf),
          ...(budgets[key] && { budget: budgets[key].text }),
          verdict: verdictOf(budgets[key], ours.figures.median),
        }
      })
    },
  }
}
