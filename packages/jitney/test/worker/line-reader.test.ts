import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { LineReader } from '../../src/worker/line-reader.ts'
import { setUpProcess } from './programs.ts'

const line = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'))

describe('LineReader', () => {
  it('gives the same lines however they are cut, empty ones left out', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(20)), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''))
        const reader = new LineReader(Infinity)
        const read: string[] = []
        let start = 0
        for (const size of [...cuts, bytes.length]) {
          read.push(...reader.read(bytes.subarray(start, start + size)))
          start += size
        }
        expect(read).toEqual(lines.filter((text) => text.trim() !== ''))
      }),
    )
  })
})

describe('processBatch() with texts', () => {
  it('carries any text there and back, also one of megabytes', async () => {
    const echo = `const handle = ({ id, items }) => answer({ id, results: items })`
    const { batcher, end } = setUpProcess<string, string>(echo)
    const texts = ['line\nbreaks\r\n', '\u2028 "quoted" \\', '\u{1F68C}', '', 'x'.repeat(4e6)]
    expect(await batcher.processAll(texts)).toEqual(texts)
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }),
        async (some) => {
          expect(await batcher.processAll(some)).toEqual(some)
        },
      ),
      { numRuns: 30 },
    )
    await end()
  })
})
