import type { BatchResults } from '../batcher/batch-function.ts'
import { type Outcome, outcome } from '../batcher/outcome.ts'
import { UnsendableError, unsendable } from './unsendable-error.ts'

type Results<Result> = BatchResults<Result | Error | Outcome<Result>>

/**
 * Sends a batch; if it cannot be sent, those of its items that can, so that one that cannot fails
 * alone. Items are looked at only then.
 *
 * @param canSend throws if it cannot be sent.
 */
export async function sendApart<Result>(
  to: string,
  items: readonly unknown[],
  canSend: (item: unknown) => void,
  send: (items: readonly unknown[]) => Promise<Results<Result>>,
): Promise<Results<Result>> {
  try {
    return await send(items)
  } catch (error) {
    if (!(error instanceof UnsendableError)) throw error
    const refused = new Map<number, UnsendableError>()
    for (const [index, item] of items.entries()) {
      try {
        canSend(item)
      } catch (cause) {
        refused.set(index, unsendable(to, cause))
      }
    }
    if (refused.size === 0) throw error
    const sendable = items.filter((_item, index) => !refused.has(index))
    const results = sendable.length === 0 ? [] : await send(sendable)
    // What fits the items that were sent only would be put in the wrong places.
    if (results !== undefined && results.length !== sendable.length) return results
    let next = 0
    return items.map((_item, index) => {
      const refusal = refused.get(index)
      return refusal === undefined ? (results?.[next++] as Result) : outcome.error(refusal)
    })
  }
}
