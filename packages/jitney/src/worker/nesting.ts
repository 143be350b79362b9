/**
 * Whether values in values reach no further than so many levels, walked as a copy of them would be.
 * Copies are recursive: what the stack of one thread could write, that of another may fail to read,
 * and then nobody hears of it.
 */
export function isWithinLevels(value: unknown, levels: number): boolean {
  const seen = new Set<unknown>()
  const path = [[value].values()]
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { value: next, done } = top.next()
    if (done === true) path.pop()
    else if (typeof next === 'object' && next !== null && !seen.has(next)) {
      if (path.length > levels) return false
      seen.add(next)
      path.push(partsOf(next).values())
    }
  }
  return true
}

function partsOf(value: object): unknown[] {
  if (value instanceof Map) return [...value.entries()].flat()
  if (value instanceof Set) return [...(value as Set<unknown>)]
  if (value instanceof Error) return [value.cause]
  return ArrayBuffer.isView(value) ? [] : Object.values(value)
}
