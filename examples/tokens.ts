// An embeddings API takes 100 tokens a request and 200 a second: as many texts ride together as
// fit into what is left of both, and the next one waits until it fits.
import { Batcher, RateLimiter } from 'jitney'
import { ManualClock } from 'jitney/testing'

const clock = new ManualClock()
const tokensOf = (text: string): number => text.split(' ').length

const perSecond = new RateLimiter({ limit: 200, interval: 1000, of: 'weight', clock })
const embeddings = new Batcher(
  (texts: string[]) => {
    console.log(`${clock.now()} ms: ${texts.map(tokensOf).join(' + ')} tokens`)
    return texts.map((text) => [text.length, tokensOf(text)])
  },
  { weight: { of: tokensOf, max: 100 }, rateLimit: perSecond, concurrency: 4, clock },
)

const textOf = (tokens: number): string => 'word '.repeat(tokens).trim()
const texts = [50, 40, 20, 60, 10, 15, 30, 45].map(textOf)
const all = embeddings.processAll(texts)
await clock.advance(1000)
console.log(`${(await all).length} embeddings`)

await embeddings.process(textOf(101)).catch((error: Error) => {
  console.log(error.message)
})

// Output:
// 0 ms: 50 + 40 tokens
// 0 ms: 20 + 60 + 10 tokens
// 0 ms: 15 tokens
// 1000 ms: 30 + 45 tokens
// 8 embeddings
// Cannot process item: 'weight' must be a finite number from 0 to 100, received 101
