import type { Attempts } from './attempts.ts'
import type { Unit } from './input.ts'
import { type Format, type Item, readItem } from './item.ts'
import type { ItemError } from './item-error.ts'
import type { Result } from './job.ts'
import type { Outcome } from './outcome.ts'
import { unfinished } from './stopped.ts'

/** A unit and what became of its lines, in order. */
export interface Finished {
  readonly unit: Unit
  readonly outcomes: readonly Outcome[]
  /** Milliseconds from the first attempt to the end of the last; 0 if none was made. */
  readonly duration: number
}

/** Does one unit: reads its lines, and does together those that can be read. Never rejects. */
export async function work(
  unit: Unit,
  format: Format,
  attempts: Attempts,
): Promise<Finished | typeof unfinished> {
  const items: Item[] = []
  const problems = new Map<number, ItemError>()
  for (const line of unit.lines) {
    try {
      items.push(readItem(line, format))
    } catch (error) {
      problems.set(line.index, error as ItemError)
    }
  }
  const start = performance.now()
  let results: readonly Result[] | typeof unfinished = []
  try {
    if (items.length > 0) results = await attempts.call(items)
  } catch (error) {
    results = items.map(() => error as ItemError)
  }
  if (results === unfinished) return unfinished
  const done = results
  let next = 0
  const outcomes = unit.lines.map((line) => ({
    line,
    result: problems.get(line.index) ?? done[next++]!,
  }))
  return { unit, outcomes, duration: items.length === 0 ? 0 : performance.now() - start }
}
