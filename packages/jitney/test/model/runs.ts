import { env } from 'node:process'

/**
 * How often a property is tried. `JITNEY_FUZZ_RUNS` asks for more; `JITNEY_FUZZ_SEED` repeats what
 * a failure printed.
 */
export function runs(usual: number): { numRuns: number; seed?: number } {
  const numRuns = Number(env['JITNEY_FUZZ_RUNS'] ?? usual)
  const seed = env['JITNEY_FUZZ_SEED']
  return seed === undefined ? { numRuns } : { numRuns, seed: Number(seed) }
}
