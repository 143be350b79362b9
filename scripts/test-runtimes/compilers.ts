import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const installed = 'integration/compilers/node_modules'
const consumer = `
import {
  Batcher, BatchError, type BatcherOptions, type BatcherStats, Channel, map, mapIterable, outcome,
  type Processor, RateLimiter, Semaphore, taskGroup, wait,
} from 'jitney'
import { httpBatcher } from 'jitney/http'
import { embeddingsBatcher } from 'jitney/openai'
import { nextDeparture } from 'jitney/policy'
import { tensorBatcher } from 'jitney/tensor'
import { conformance, ManualClock } from 'jitney/testing'

const options: BatcherOptions<string> = {
  clock: new ManualClock(),
  concurrency: new Semaphore(2),
  rateLimit: new RateLimiter({ limit: 10, interval: 1000 }),
  weight: { of: (word) => word.length, max: 100 },
}
const lengths = new Batcher(
  async (words: string[], { signal }) =>
    words.map((word) => (signal.aborted ? outcome.error(word) : word.length)),
  options,
)
export const processor: Processor<string, number> = lengths
export const one: Promise<number> = lengths.process('abc', { signal: new AbortController().signal })
export const stats: BatcherStats = lengths.stats()
export const doubled: Promise<number[]> = map([1, 2], async (n) => n * 2, { concurrency: 2 })
export const code: 'JITNEY_BATCH_FAILED' = new BatchError('').code
export const channel: Promise<string> = new Channel<string>(1).receive()
export const remote: Processor<string, number> = httpBatcher<string, number>('https://example.com')
export const others = [embeddingsBatcher, nextDeparture, tensorBatcher, conformance, mapIterable, taskGroup, wait]
// @ts-expect-error the items are texts: what was declared is not any
void lengths.process(3)
`

/** What every version says of a strict consumer that checks libraries too, per way to resolve. */
export function compileWithEach(folder: string): { name: string; errors: string }[] {
  writeFileSync(join(folder, 'consumer.ts'), consumer)
  return readdirSync(installed)
    .filter((name) => name.startsWith('typescript-'))
    .map((name) => {
      const bin = resolve(installed, name, 'bin/tsc')
      const errors = [
        { module: 'NodeNext', lib: ['ES2022', 'DOM', 'DOM.AsyncIterable'] },
        {
          module: 'ESNext',
          moduleResolution: 'Bundler',
          lib: ['ES2022', 'DOM', 'DOM.AsyncIterable'],
        },
      ].map((given) => {
        const compilerOptions = {
          target: 'ES2022',
          strict: true,
          noEmit: true,
          types: [],
          ...given,
        }
        const configuration = { compilerOptions, files: ['consumer.ts'] }
        writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
        return spawnSync(process.execPath, [bin, '--project', folder], { encoding: 'utf8' }).stdout
      })
      return { name: `TypeScript ${versionOf(name)}`, errors: errors.join('') }
    })
}

function versionOf(name: string): string {
  const manifest = readFileSync(join(installed, name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
