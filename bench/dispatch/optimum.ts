/** What of the queue was served, until when, and what the items waited and took together. */
interface Path {
  readonly free: number
  readonly cost: number
}

/**
 * The least mean latency that one slot can reach when all arrivals are known, in milliseconds.
 *
 * Dynamic programming over how many were served. Of the ways to serve as many, one is kept unless
 * another ends no later and costs no more. Serving in the order of arrival is best, as all items
 * are alike, and so is to begin as soon as the last of a batch is there and the slot is free.
 *
 * @param arrivals in milliseconds, ascending.
 */
export function optimalLatency(
  arrivals: readonly number[],
  a: number,
  b: number,
  maxBatchSize: number,
): number {
  const served: Path[][] = arrivals.map(() => [])
  served.unshift([{ free: 0, cost: 0 }])
  for (let from = 0; from < arrivals.length; from += 1) {
    const paths = best(served[from] as Path[])
    let sum = 0
    const most = Math.min(arrivals.length - from, maxBatchSize)
    for (let size = 1; size <= most; size += 1) {
      const last = arrivals[from + size - 1] as number
      sum += last
      for (const { free, cost } of paths) {
        const end = Math.max(free, last) + a + b * size
        served[from + size]?.push({ free: end, cost: cost + end * size - sum })
      }
    }
  }
  const least = Math.min(...(served.at(-1) as Path[]).map(({ cost }) => cost))
  return least / arrivals.length
}

function best(paths: Path[]): Path[] {
  let cheapest = Infinity
  return paths
    .sort((one, other) => one.free - other.free || one.cost - other.cost)
    .filter(({ cost }) => {
      const isBetter = cost < cheapest
      if (isBetter) cheapest = cost
      return isBetter
    })
}
