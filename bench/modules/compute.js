/** Work for threads: an item is how many rounds of arithmetic it takes. */
export default function compute(items) {
  return items.map((rounds) => {
    let value = 1
    for (let round = 0; round < rounds; round += 1)
      value = (value * 1103515245 + 12345) % 2147483648
    return value
  })
}
