import type { Random } from '../random.ts'

/** The ratio of two means over the same rounds, and its 95 % interval by resampling the rounds. */
export interface Interval {
  readonly ratio: number
  readonly low: number
  readonly high: number
}

export function ratioOf(
  these: readonly number[],
  those: readonly number[],
  random: Random,
): Interval {
  const ratio = (pick: (round: number) => number): number => {
    let one = 0
    let other = 0
    for (let round = 0; round < these.length; round += 1) {
      one += these[pick(round)] as number
      other += those[pick(round)] as number
    }
    return one / other
  }
  const drawn = Array.from({ length: 2000 }, () => {
    const picks = these.map(() => Math.floor(random.uniform() * these.length))
    return ratio((round) => picks[round] as number)
  }).toSorted((one, other) => one - other)
  return {
    ratio: ratio((round) => round),
    low: drawn[50] as number,
    high: drawn[1949] as number,
  }
}
