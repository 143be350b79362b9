// `wait` gives a set of what is done, and the next time what was done later. Each result kept by its
// promise, and read in the order of the input: that is what `map` gives.
import { map, wait } from 'jitney'
import { ManualClock } from 'jitney/testing'

const clock = new ManualClock()

async function gatherByWait<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  const results = new Map<Promise<Result>, Result>()
  let waiting = new Set(promises)
  while (waiting.size > 0) {
    const turn = await wait(waiting, { until: 'first' })
    for (const promise of turn.done) results.set(promise, await promise)
    waiting = turn.waiting
  }
  console.log(`  they came as ${[...results.values()].join(', ')}`)
  return promises.map((promise) => results.get(promise) as Result)
}

const gatherByMap = <Result>(promises: readonly Promise<Result>[]): Promise<Result[]> =>
  map(promises, (result) => result)

async function after(seconds: number, result: string): Promise<string> {
  await clock.sleep(seconds * 1000)
  if (result === '') throw new Error('it broke')
  return result
}

const inputs = {
  'three tasks': () => [after(3, 'a'), after(1, 'b1'), after(1, 'b2')],
  'one that fails': () => [after(3, 'a'), after(1, ''), after(2, 'c')],
}

for (const [name, start] of Object.entries(inputs)) {
  console.log(name)
  for (const gather of [gatherByWait, gatherByMap]) {
    const printing = gather(start()).then(
      (results) => console.log(`  ${gather.name}: ${results.join(', ')}`),
      (error: Error) => console.log(`  ${gather.name}: ${error}`),
    )
    await Promise.all([printing, clock.advance(3000)])
  }
}

// Output:
// three tasks
//   they came as b1, b2, a
//   gatherByWait: a, b1, b2
//   gatherByMap: a, b1, b2
// one that fails
//   gatherByWait: Error: it broke
//   gatherByMap: Error: it broke
