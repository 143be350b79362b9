import { runScenario } from '../harness/run-scenario.js'
import { median } from '../harness/statistics.js'
import { atMost } from './bound.js'
import { figuresOf } from './figures.js'

/**
 * A budget that a scenario measures: a row for each comparison that `ours` names, with all others as
 * its peers. The bounds are those of the scenario.
 *
 * @param {import('../harness/types.js').Scenario} scenario
 * @param {object} words
 * @param {string} words.figure
 * @param {string | Readonly<Record<string, string>>} words.floor what the reference is, of all or of each
 * @param {Readonly<Record<string, string>>} words.ours what each of them does
 * @param {number} [words.mostRounds] for what takes long
 * @param {import('../harness/types.js').Scenario} [words.short] instead, with `--quick`
 * @returns {import('./types.js').Budget}
 */
export function fromScenario(scenario, { figure, floor, ours, mostRounds = Infinity, short }) {
  return {
    name: scenario.name,
    title: scenario.title,
    async measure({ quick, rounds, effort, report }) {
      const chosen = quick ? (short ?? scenario) : scenario
      const isOurs = ({ name }) => Object.hasOwn(ours, name)
      /** @type {import('./types.js').Entry[]} */
      const skipped = []
      const comparisons = chosen.comparisons.filter((comparison) => {
        if (isOurs(comparison)) return true
        const why = quick ? 'not with --quick' : comparison.missing?.()
        if (why !== undefined) skipped.push({ name: comparison.name, skipped: why })
        return why === undefined
      })
      const outcomes = await runScenario(
        { ...chosen, comparisons },
        Math.min(rounds, mostRounds),
        effort,
        report,
      )
      const peers = [...outcomes.filter((outcome) => !isOurs(outcome)).map(entryOf), ...skipped]
      return outcomes.filter(isOurs).map((outcome) => {
        const { unit, withinBudget, p99Figures } = outcome
        const costOf = (side) => ({
          value: median(outcome.rounds.map((round) => round[side].typical)),
          unit,
        })
        return {
          what: ours[outcome.name],
          figure,
          unit: chosen.figure === 'ratio' ? '' : unit,
          floor: {
            what: typeof floor === 'string' ? floor : floor[outcome.name],
            cost: costOf('reference'),
          },
          ours: { ...entryOf(outcome), cost: costOf('contestant') },
          peers,
          ...(outcome.budget !== undefined && { budget: atMost(outcome.budget).text }),
          verdict: withinBudget === undefined ? 'reported only' : withinBudget ? 'met' : 'missed',
          ...(p99Figures && { note: `99th percentile ${p99Figures.median.toFixed(3)} ${unit}` }),
          ...(chosen !== scenario && { note: `short form: ${chosen.title}` }),
        }
      })
    },
  }
}

/**
 * @param {import('../harness/types.js').Outcome} outcome
 * @returns {import('./types.js').Entry}
 */
function entryOf({ name, figure, rounds }) {
  const figures = rounds.map(({ contestant, reference }) =>
    figure === 'ratio'
      ? contestant.typical / reference.typical
      : contestant.typical - reference.typical,
  )
  return { name, figures: figuresOf(figures) }
}
