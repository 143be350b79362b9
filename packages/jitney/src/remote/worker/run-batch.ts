import type { BatchContext } from '../../batcher/batch-function.ts'
import { BatchError } from '../../batcher/errors.ts'
import { kindOf, outcome, type Outcome } from '../../batcher/outcome.ts'
import { describe } from '../../platform/describe.ts'
import { refusal } from '../../platform/errors.ts'
import { has } from '../../platform/guards.ts'
import type { RemoteBatchContext, RemoteBatchEntry, RemoteBatchFunction } from './batch-function.ts'
import type { Ending, Held } from './held.ts'

/**
 * Calls the batch function with those items that are still ours, and says what became of each. To the
 * batcher around it every ending is a value: what follows from it is decided by who knows the queue.
 */
export async function runBatch(
  batchFunction: RemoteBatchFunction<unknown>,
  helds: readonly Held[],
  context: BatchContext,
  now: number,
  onCall: (size: number) => void,
): Promise<(Outcome<Ending> | Promise<Outcome<Ending>>)[]> {
  const live = helds.filter((held) => !held.isGone && held.deadline > now)
  const endings = new Map<Held, Outcome<Ending> | Promise<Outcome<Ending>>>()
  if (live.length > 0) {
    for (const held of live) held.started = true
    onCall(live.length)
    const returned: unknown = await batchFunction(
      live.map(({ content }) => content?.item),
      contextOf(live, helds, context),
    )
    const results = resultsOf(returned, live.length)
    live.forEach((held, index) => endings.set(held, endingOf(results[index])))
  }
  return helds.map(
    (held) => endings.get(held) ?? outcome.value({ kind: held.isGone ? 'gone' : 'late' }),
  )
}

function contextOf(
  live: readonly Held[],
  helds: readonly Held[],
  context: BatchContext,
): RemoteBatchContext {
  let entries: readonly RemoteBatchEntry[] | undefined
  return {
    get signal() {
      return context.signal
    },
    key: context.key,
    reason: context.reason,
    get entries() {
      entries ??= live.map((held) => entryOf(held, context.entries[helds.indexOf(held)]!))
      return entries
    },
  }
}

function entryOf(
  { claim, content }: Held,
  entry: BatchContext['entries'][number],
): RemoteBatchEntry {
  return {
    id: claim.id,
    // Attempts of this worker, as part of a half for one, follow on those before it.
    attempt: claim.attempt + entry.attempt - 1,
    get signal() {
      return entry.signal
    },
    trace: content?.header.trace,
  }
}

/** One result for each item; what does not fit is the error of each, and not tried again. */
function resultsOf(returned: unknown, size: number): readonly unknown[] {
  if (returned === undefined) return Array.from({ length: size })
  const isList = Array.isArray(returned) || ArrayBuffer.isView(returned)
  const results = isList ? Array.from(returned as ArrayLike<unknown>) : []
  if (isList && results.length === size) return results
  const expected = `an array of ${size}, one outcome per item, or undefined`
  const cause = refusal('take results', 'results', expected, returned, 'JITNEY_WRONG_RESULT')
  const message = `Cannot process batch of ${size}: ${describe(cause)}`
  return Array.from({ length: size }, () => new BatchError(message, { cause }))
}

function endingOf(result: unknown): Outcome<Ending> | Promise<Outcome<Ending>> {
  const kind = kindOf(result)
  if (kind === undefined && result instanceof Error) return ended({ kind: 'error', error: result })
  const content = kind === undefined ? result : (result as Outcome<unknown>).content
  if (kind === 'retry') return ended({ kind, after: content as number })
  if (kind === 'error') return ended({ kind, error: content })
  if (!has(content, 'then')) return ended({ kind: 'value', value: content })
  return Promise.resolve(content).then(
    (value) => (kind === 'value' ? ended({ kind, value }) : endingOf(value)),
    (error: unknown) => ended({ kind: 'error', error }),
  )
}

function ended(ending: Ending): Outcome<Ending> {
  return outcome.value(ending)
}
