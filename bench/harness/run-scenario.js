import { runChild } from './run-child.js'
import { summarize } from './statistics.js'

/**
 * Measures every pair once per round, those without a budget in every third. The sides of a pair follow each other directly, and change
 * places from round to round, so that neither always has the quieter moment.
 *
 * @param {import('./types.js').Scenario} scenario
 * @param {number} roundCount for what has a budget
 * @param {import('./types.js').Effort} effort
 * @param {(progress: string) => void} report
 * @returns {Promise<import('./types.js').Outcome[]>}
 */
export async function runScenario(scenario, roundCount, effort, report) {
  /** @type {import('./types.js').Outcome['rounds'][number][][]} */
  const rounds = scenario.comparisons.map(() => [])
  for (let round = 0; round < roundCount; round++) {
    for (const [index, comparison] of scenario.comparisons.entries()) {
      if (comparison.budget === undefined && round % 3 !== 0) continue
      report(`${scenario.name}, round ${round + 1} of ${roundCount}: ${comparison.name}`)
      rounds[index].push(await measurePair(comparison, effort, rounds[index].length % 2 === 1))
    }
  }
  return scenario.comparisons.map((comparison, index) =>
    conclude(scenario, comparison, rounds[index]),
  )
}

/**
 * @param {import('./types.js').Comparison} comparison
 * @param {import('./types.js').Effort} effort
 * @param {boolean} contestantFirst
 */
async function measurePair(comparison, effort, contestantFirst) {
  if (contestantFirst) {
    const contestant = await runChild(comparison.contestant, effort)
    return { contestant, reference: await runChild(comparison.reference, effort) }
  }
  const reference = await runChild(comparison.reference, effort)
  return { contestant: await runChild(comparison.contestant, effort), reference }
}

/**
 * @param {import('./types.js').Scenario} scenario
 * @param {import('./types.js').Comparison} comparison
 * @param {import('./types.js').Outcome['rounds']} rounds
 * @returns {import('./types.js').Outcome}
 */
function conclude({ name, figure, unit }, comparison, rounds) {
  const relate = (contestant, reference) =>
    figure === 'ratio' ? contestant / reference : contestant - reference
  const figures = summarize(
    rounds.map(({ contestant, reference }) => relate(contestant.typical, reference.typical)),
  )
  const p99Figures =
    rounds[0].contestant.p99 === undefined
      ? undefined
      : summarize(rounds.map(({ contestant, reference }) => relate(contestant.p99, reference.p99)))
  const worst = Math.max(figures.median, p99Figures?.median ?? figures.median)
  const withinBudget = comparison.budget === undefined ? undefined : worst <= comparison.budget
  return { ...comparison, scenario: name, figure, unit, figures, p99Figures, withinBudget, rounds }
}
