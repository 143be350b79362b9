import type { Processor } from '../../batcher/processor.ts'

/** The same processor, of whose results only so much is seen. */
export function viewed<Item, Result, Seen>(
  processor: Processor<Item, Result>,
  view: (result: Result) => Seen,
): Processor<Item, Seen> {
  return {
    process: async (item, options) => view(await processor.process(item, options)),
    processAll: async (items, options) => (await processor.processAll(items, options)).map(view),
    processAllSettled: async (items, options) => {
      const settled = await processor.processAllSettled(items, options)
      return settled.map((one) =>
        one.status === 'fulfilled' ? { status: one.status, value: view(one.value) } : one,
      )
    },
    async *processIterable(source, options) {
      for await (const result of processor.processIterable(source, options)) yield view(result)
    },
    close: (options) => processor.close(options),
  }
}
