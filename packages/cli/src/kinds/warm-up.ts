import type { Batcher } from 'jitney'
import { z } from 'zod'
import { StartError } from '../errors.ts'

/** What a configuration can say of the first call, before a route is ready. */
export const warmUpShape = {
  warmUp: z
    .array(z.unknown())
    .min(1)
    .optional()
    .describe('Items like those to come: a first call is made with them before it is ready'),
}

/** Makes the first call. Throws a `StartError` if it fails. */
export async function warmUpWith<Item>(
  name: string,
  batcher: Batcher<Item, unknown>,
  items: readonly Item[],
): Promise<void> {
  await warmUpBy(name, () => batcher.processAll(items))
  await batcher.close()
}

/** The same by a call of one's own. */
export async function warmUpBy(name: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call()
  } catch (error) {
    throw new StartError(`Cannot warm up /${name}: ${reasonOf(error)}`, { cause: error })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
