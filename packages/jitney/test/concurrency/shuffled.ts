/** The same values in another order, always the same one. */
export function shuffled<Value>(values: readonly Value[]): Value[] {
  let seed = 1
  const keyed = values.map((value) => {
    seed = (seed * 48_271) % 2_147_483_647
    return { value, key: seed }
  })
  return keyed.sort((one, other) => one.key - other.key).map(({ value }) => value)
}
