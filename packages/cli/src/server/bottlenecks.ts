import type { ServedRoute } from './served-route.ts'

/** One sentence for each limit in front of a batch that keeps it from ever being full. */
export function bottlenecks(
  routes: readonly ServedRoute[],
  maxConnections: number,
): readonly string[] {
  return routes.flatMap(({ name, batcher, maxQueueSize }) => {
    const { maxBatchSize } = batcher
    if (!Number.isFinite(maxBatchSize)) return []
    const warnings: string[] = []
    if (maxConnections < maxBatchSize) {
      warnings.push(
        `--max-connections ${maxConnections} is below maxBatchSize ${maxBatchSize} of /${name}: ` +
          'a connection carries one request at a time, so a batch can never fill',
      )
    }
    if (maxQueueSize < maxBatchSize) {
      warnings.push(
        `maxQueueSize ${maxQueueSize} is below maxBatchSize ${maxBatchSize} of /${name}: ` +
          'a batch is made of what waits, so it can never fill',
      )
    }
    return warnings
  })
}
