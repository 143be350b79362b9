// A cache is no part of a batcher: lru-cache keeps what came for a minute, and asks for what it has
// not, or no longer; callers who miss together share a batch. The same cache serves a DataLoader.
import { Batcher } from 'jitney'
import { DataLoader } from 'jitney/dataloader'
import { LRUCache } from 'lru-cache'

// A clock by hand, so that this program waits for nobody. lru-cache takes 0 for no time at all.
let time = 1
const lifetime = { max: 1000, ttl: 60_000, perf: { now: () => time }, ttlResolution: 0 }

async function findPrices(names: readonly string[]): Promise<number[]> {
  console.log(`query: ${names.join(', ')}`)
  return names.map((name) => name.length)
}

const finds = new Batcher((names: string[]) => findPrices(names))
const prices = new LRUCache<string, number>({
  ...lifetime,
  // Called once for a name, however many wait for it. What fails is not kept.
  fetchMethod: (name) => finds.process(name),
})
const show = async (...names: string[]): Promise<void> => {
  console.log(...(await Promise.all(names.map((name) => prices.fetch(name)))))
}

await show('tea', 'milk', 'tea')
await show('tea', 'sugar')
time += 60_001
await show('tea')
await finds.close()

// A loader that lives longer than a request: its promises live in the cache as long as it says.
const loader = new DataLoader(findPrices, {
  cacheMap: new LRUCache<string, Promise<number>>(lifetime),
})
const load = async (...names: string[]): Promise<void> => {
  console.log(await loader.loadMany(names))
}
await load('tea', 'milk')
await load('tea')
time += 60_001
await load('tea')

// Output:
// query: tea, milk
// 3 4 3
// query: sugar
// 3 5
// query: tea
// 3
// query: tea, milk
// [ 3, 4 ]
// [ 3 ]
// query: tea
// [ 3 ]
