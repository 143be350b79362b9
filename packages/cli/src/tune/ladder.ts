/** The powers of two up to a bound, and the bound. */
export function ladder(most: number): readonly number[] {
  const steps: number[] = []
  for (let step = 1; step < most; step *= 2) steps.push(step)
  return [...steps, most]
}
