import { checkFunction, checkOptions } from '../platform/guards.ts'
import { availabilityCases } from './conformance/availability.ts'
import { endingCases } from './conformance/endings.ts'
import { itemCases } from './conformance/items.ts'
import { expectThat } from './conformance/expect-that.ts'
import type { ConformanceCase, ConformanceRun, ConformanceSubject } from './conformance/subject.ts'
import { viewed } from './conformance/viewed.ts'

const fields = [
  'start',
  'item',
  'result',
  'failingItem',
  'oversizeItem',
  'missing',
  'unprocessed',
  'shuffled',
  'outage',
  'slowItem',
]

/**
 * The cases that every integration of ours passes, for yours: the same items in and out, equal ones
 * in one batch, answers in another order or missing, an item that fails or is too large, the server
 * gone and back, an abort, the end. Each runs against the real thing that `start` gives it.
 *
 * What the thing cannot do is `'not applicable'`: it has to be said, so that no case is left out by
 * mistake.
 *
 * @returns cases for any test runner; each rejects, with what was expected and what came, when the
 * subject does not conform.
 * @throws TypeError for a subject that lacks a field, or has an unknown one.
 *
 * @example
 * ```ts
 * import { Batcher, outcome } from 'jitney'
 * import { conformance } from 'jitney/testing'
 *
 * const cases = conformance<number, number>({
 *   start: () => ({
 *     processor: new Batcher((numbers: number[]) =>
 *       numbers.map((n) => (n < 0 ? outcome.error(new RangeError('negative')) : n * n)),
 *     ),
 *     end: () => {},
 *   }),
 *   item: (n) => n,
 *   result: (n) => n * n,
 *   failingItem: -1,
 *   oversizeItem: 'not applicable',
 *   missing: 'not applicable',
 *   unprocessed: 'not applicable',
 *   shuffled: 'not applicable',
 *   outage: 'not applicable',
 *   slowItem: 'not applicable',
 * })
 * for (const { name, run } of cases) await run() // in a test runner: it(name, run)
 * cases[0]?.name // => 'gives each caller the result of its own item'
 * ```
 */
export function conformance<Item, Result, Seen = Result>(
  subject: ConformanceSubject<Item, Result, Seen>,
): readonly ConformanceCase[] {
  const action = 'create conformance cases'
  checkOptions(action, subject, [...fields, 'view'], 'subject')
  for (const name of ['start', 'item', 'result'] as const) {
    checkFunction(action, `subject.${name}`, subject[name])
  }
  if (subject.view !== undefined) checkFunction(action, 'subject.view', subject.view)
  for (const name of fields) {
    expectThat(
      name in subject,
      `Cannot ${action}: 'subject.${name}' must be given, or 'not applicable'`,
    )
  }
  const seen = withView(subject)
  return [...itemCases(seen), ...availabilityCases(seen), ...endingCases(seen)]
}

/** The subject as its results are seen. */
function withView<Item, Result, Seen>(
  subject: ConformanceSubject<Item, Result, Seen>,
): ConformanceSubject<Item, Seen> {
  const { view, start, shuffled, ...rest } = subject
  const seeing = (begin: typeof start) => async (): Promise<ConformanceRun<Item, Seen>> => {
    const run = await begin()
    if (view === undefined) return run as unknown as ConformanceRun<Item, Seen>
    return { ...run, processor: viewed(run.processor, view) }
  }
  return {
    ...rest,
    start: seeing(start),
    shuffled: shuffled === 'not applicable' ? shuffled : seeing(shuffled),
  }
}
