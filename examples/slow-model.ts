// A model that takes 20 ms for a call and 1 ms for each item, four batches at once: find that out by
// `jitney tune examples/slow-model.ts`, and what to do about it.
import { defineBatch } from '@jitney/cli'
import { limit } from 'jitney'

const processors = limit(4)

export const predict = defineBatch(
  (xs: number[]) =>
    processors(async () => {
      await new Promise((resolve) => setTimeout(resolve, 20 + xs.length))
      return xs.map((x) => 2 * x + 1)
    }),
  {},
  { examples: [1, 2, 3] },
)
