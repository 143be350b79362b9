import { settle } from 'jitney/testing'

/** Collects garbage until nothing more goes. */
async function collectGarbage(): Promise<void> {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('Cannot collect garbage: run Node with --expose-gc')
  // A weak reference that was just made or read is kept until its turn is over.
  for (let round = 0; round < 4; round += 1) {
    await settle()
    gc()
  }
}

/** The names of those objects that are still in memory once garbage was collected. */
export async function namesInMemory(
  references: Readonly<Record<string, WeakRef<object> | undefined>>,
): Promise<string[]> {
  await collectGarbage()
  return Object.keys(references).filter((name) => references[name]?.deref() !== undefined)
}

/** Bytes in use once garbage was collected. */
export async function heapUsed(): Promise<number> {
  await collectGarbage()
  return process.memoryUsage().heapUsed
}
