/**
 * As many delays as requests, from 0 to `longest` milliseconds, always the same ones.
 *
 * @param {number} count
 * @param {number} longest
 */
export function delays(count, longest) {
  let seed = 1
  return Array.from({ length: count }, () => {
    seed = (seed * 48_271) % 2_147_483_647
    return (seed / 2_147_483_647) * longest
  })
}

/**
 * When the last of them is over, if each begins as soon as one of so many places is free, in order.
 *
 * @param {readonly number[]} durations
 * @param {number} places
 */
export function idealOf(durations, places) {
  const ends = new Float64Array(places)
  for (const duration of durations) {
    let first = 0
    for (let place = 1; place < places; place++) if (ends[place] < ends[first]) first = place
    ends[first] += duration
  }
  return Math.max(...ends)
}
