import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { scenarios } from '../scenarios/all.js'

/**
 * Words are names of scenarios and of contestants, in any order; none means all. What a contestant
 * is held against is measured with it, named or not.
 */
export function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      module: { type: 'string' },
    },
  })
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1)) {
    throw new RangeError(`Cannot measure: --rounds must be an integer >= 1: ${values.rounds}`)
  }
  return {
    quick: values.quick,
    rounds,
    module: values.module === undefined ? undefined : resolve(values.module),
    scenarios: select(positionals),
  }
}

/** @param {readonly string[]} words */
function select(words) {
  const names = new Set(scenarios.map(({ name }) => name))
  const contestants = new Set(namesOf('contestant'))
  const references = new Set(namesOf('reference'))
  const unknown = words.filter(
    (word) => !names.has(word) && !contestants.has(word) && !references.has(word),
  )
  if (unknown.length > 0) {
    const known = [...names, ...contestants].join(', ')
    throw new RangeError(`Cannot measure ${unknown.join(', ')}: there is ${known}`)
  }
  const wantedScenarios = words.filter((word) => names.has(word))
  const wanted = words.filter((word) => contestants.has(word))
  return scenarios
    .filter(({ name, onRequest }) =>
      wantedScenarios.length === 0 ? onRequest !== true : wantedScenarios.includes(name),
    )
    .map((scenario) => ({
      ...scenario,
      comparisons: scenario.comparisons.filter(
        ({ contestant }) => wanted.length === 0 || wanted.includes(contestant.contestant),
      ),
    }))
    .filter(({ comparisons }) => comparisons.length > 0)
}

/** @param {'contestant' | 'reference'} side */
function namesOf(side) {
  return scenarios.flatMap(({ comparisons }) =>
    comparisons.map((comparison) => comparison[side].contestant),
  )
}
