import { createInterface } from 'node:readline'

const moods = {
  exit: () => process.exit(3),
  die: () => process.kill(process.pid, 'SIGKILL'),
  babble: () => console.log('what?'),
  hang() {},
}

/** Doubles numbers, a line for each batch; the first item with a mood has it do as that says. */
for await (const line of createInterface({ input: process.stdin })) {
  const { id, items } = JSON.parse(line)
  const mood = items.find(({ mood: name }) => Object.hasOwn(moods, name ?? ''))?.mood
  if (mood === undefined) console.log(JSON.stringify({ id, ...doubled(items) }))
  else moods[mood]()
}

function doubled(items) {
  const failed = items.flatMap(({ mood }, index) => (mood === 'fail' ? [index] : []))
  return {
    results: items.map(({ number }) => number * 2),
    errors: Object.fromEntries(
      failed.map((index) => [index, { message: 'bad item', status: 422 }]),
    ),
  }
}
