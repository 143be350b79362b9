/**
 * Divides a whole number among parts by their weights, so that what they get are whole numbers and
 * sum up to it: each gets its share rounded down, and what is left goes to the largest remainders.
 */
export function sharesOf(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((all, weight) => all + weight, 0)
  if (sum === total) return weights
  const exact = weights.map((weight) =>
    sum === 0 ? total / weights.length : (total * weight) / sum,
  )
  const shares = exact.map(Math.floor)
  const left = total - shares.reduce((all, share) => all + share, 0)
  const byRemainder = exact
    .map((share, place) => ({ place, remainder: share - Math.floor(share) }))
    .toSorted((one, other) => other.remainder - one.remainder)
  for (const { place } of byRemainder.slice(0, left)) shares[place]! += 1
  return shares
}
