import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'

/** One bit for each number that `steady` was given: memory that does not grow. */
const seen = new Uint8Array(8_000_000)
let twice = 0

function see(number) {
  const [place, bit] = [number >> 3, 1 << (number & 7)]
  if ((seen[place] & bit) !== 0) twice += 1
  seen[place] |= bit
}

/** Doubles numbers, each of which may come only once. */
export async function steady(numbers) {
  for (const number of numbers) see(number)
  await setTimeout(Math.random() * 8)
  return numbers.map((number) => number * 2)
}

const moods = {
  throw() {
    throw new Error('moody')
  },
  short: (items) => items.slice(1),
  shapeless: () => 'not an array',
  async hang(_items, { signal }) {
    await once(signal, 'abort')
  },
  /** Its slot stays taken for a while after its callers were told. */
  async deaf(_items, { signal }) {
    await once(signal, 'abort').catch(() => {})
    await setTimeout(50)
    throw new Error('late')
  },
}

/** The first item with a mood has the whole batch do as it says. */
export async function moody(items, context) {
  const mood = items.find(({ mood: name }) => Object.hasOwn(moods, name ?? ''))?.mood
  if (mood !== undefined) return moods[mood](items, context)
  await setTimeout(Math.random() * 4)
  return items.map(({ number, mood: own }) =>
    own === 'fail' ? Object.assign(new Error('bad item'), { status: 422 }) : number * 2,
  )
}

/** What the process holds after a collection. */
export function audit(items) {
  globalThis.gc()
  globalThis.gc()
  const held = {
    twice,
    heap: process.memoryUsage().heapUsed,
    resources: process.getActiveResourcesInfo().sort(),
  }
  return items.map(() => held)
}
