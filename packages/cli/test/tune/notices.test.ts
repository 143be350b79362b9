import { describe, expect, it } from 'vitest'
import type { Exploration, ExplorationOptions } from '../../src/tune/exploration.ts'
import { costOf } from '../../src/tune/fit-cost.ts'
import { noticesOf } from '../../src/tune/notices.ts'
import { explore, type VirtualModel } from './virtual-model.ts'

async function noticesAbout(
  model: VirtualModel,
  options: Partial<ExplorationOptions> = {},
): Promise<string> {
  return textOf(await explore(model, options))
}

function textOf({ rows, sizesEnd, concurrencyEnd }: Exploration): string {
  return noticesOf({ rows, cost: costOf(rows), sizesEnd, concurrencyEnd, time: 60_000 }).join('\n')
}

describe('noticesOf()', () => {
  it('says nothing of a server that is as simple as it can be', async () => {
    const model = { duration: (size: number) => 5 + size, servers: 1_000_000 }
    expect(await noticesAbout(model, { maxConcurrency: 1 })).toBe('')
  })

  it('notices where the time per item has its minimum', async () => {
    const model = { duration: (size: number) => 10 + 0.1 * size + 0.01 * size ** 2 }
    const text = await noticesAbout(model, { maxConcurrency: 1 })
    expect(text).toContain(
      'The time per item has a minimum at batches of 32: 0.733 ms, and 1.46 ms at 128',
    )
    expect(text).toContain('do not add up in a straight line')
  })

  it('notices that batches slow each other down, and up to which number there is a gain', async () => {
    const shared = await noticesAbout({ duration: (size) => 5 + size, isShared: true })
    expect(shared).toMatch(
      /Batches slow each other down: of \d+, 2 at once take 2\.0 times as long as one alone\. More than one at once gains nothing\./,
    )
    const four = await noticesAbout({ duration: (size) => 5 + size, servers: 4 })
    expect(four).toMatch(/8 at once take 2\.0 times .* Up to 4 at once gain something\./)
  })

  it('says that bounds kept it from more, only if there was more to gain', async () => {
    const model = { duration: (size: number) => 100 + 0.01 * size }
    const text = await noticesAbout(model, { maxBatchSize: 64, maxConcurrency: 2 })
    expect(text).toContain('Batches larger than 64 were not allowed, and may do more')
    expect(text).toContain('More than 2 at once were not allowed, and may do more')
    const flat = { duration: (size: number) => 1 + size, servers: 1 }
    expect(await noticesAbout(flat, { maxBatchSize: 64 })).not.toContain('may do more')
  })

  it('says where the time was up, and what tries more', async () => {
    const text = await noticesAbout({ duration: (size) => 10 * size ** 0.93 })
    expect(text).toMatch(/Larger batches than \d+ were not tried, as one takes 1\.\d+ s|1,\d+ ms/)
    expect(text).toContain('--time 180000 tries larger ones')
  })

  it('says so when a single item takes longer than the limit', async () => {
    const text = await noticesAbout({ duration: (size) => 20 + size }, { longestBatch: 10 })
    expect(text).toContain('A single item takes longer than the limit: 21 ms.')
  })

  it('counts what failed', async () => {
    const exploration = await explore({ duration: () => 5 }, { maxBatchSize: 4, maxConcurrency: 1 })
    exploration.cells[0]!.failedBatches = 1
    exploration.cells[1]!.failedItems = 3
    expect(textOf(exploration)).toContain(
      'There were failures: 1 batch as a whole and 3 items of others.',
    )
  })
})
