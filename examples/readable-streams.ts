// Node's streams in and out: lines come from a Readable, pass in batches, and go into a Writable, no
// faster than that takes them. `Readable.from` makes a stream of the results.
import { Readable, Transform, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Batcher } from 'jitney'

let batches = 0
const lengths = new Batcher(
  async (texts: string[]) => {
    batches += 1
    return texts.map((text) => text.length)
  },
  { maxBatchSize: 100 },
)

function* lines(): Generator<string> {
  for (let n = 0; n < 1000; n += 1) yield `line ${n}`
}

const written: string[] = []
await pipeline(
  Readable.from(lengths.processIterable(Readable.from(lines()))),
  new Transform({
    objectMode: true,
    transform: (length, _encoding, done) => done(null, `${String(length)}\n`),
  }),
  new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk))
      done()
    },
  }),
)
console.log(`${written.length} lines, ${batches} batches, the last: ${written.at(-1)?.trim()}`)

// Output:
// 1000 lines, 10 batches, the last: 8
