import { setTimeout } from 'node:timers/promises'

const moods = {
  /** Ends the thread. */
  exit() {
    process.exit(3)
  },
  /** Nobody catches it: that ends the thread too. */
  async throw() {
    setImmediate(() => {
      throw new Error('moody')
    })
    await setTimeout(10_000)
  },
  hang: () => setTimeout(10_000),
}

/** Doubles numbers in a thread; the first item with a mood has it do as that says. */
export async function threads(items) {
  const mood = items.find(({ mood: name }) => Object.hasOwn(moods, name ?? ''))?.mood
  if (mood !== undefined) return moods[mood]()
  await setTimeout(Math.random() * 4)
  return items.map(({ number, mood: own }) =>
    own === 'fail' ? Object.assign(new Error('bad item'), { status: 422 }) : number * 2,
  )
}
