import { describe, expect, it } from 'vitest'

import { conformance, type ConformanceSubject } from '../../src/testing/index.ts'
import { threadBatch } from '../../src/worker/index.ts'
import { fixtures, nodeArguments, setUp, setUpProcess } from './programs.ts'

const body = `let later = 0
const handle = ({ id, items }) => {
  if (items.includes('pid')) return answer({ id, results: items.map(() => process.pid) })
  if (items.includes('slow')) return
  const errors = {}, retries = {}
  items.forEach((item, index) => {
    if (item === -1) errors[index] = 'is negative'
    if (item === 'later' && later++ === 0) retries[index] = 0
  })
  answer({ id, results: items.map((n) => n === 'later' ? 7 : n * n), errors, retries })
}`

type Item = number | string | bigint | (() => void)

const shared = {
  item: (n: number): Item => n,
  result: (n: number): number => n * n,
  failingItem: -1,
  missing: 'not applicable',
  unprocessed: { item: 'later', result: 7 },
  shuffled: 'not applicable',
  outage: 'replaced',
  slowItem: 'slow',
} as const

const processes: ConformanceSubject<Item, number> = {
  ...shared,
  oversizeItem: 3n,
  start: () => {
    const { batcher, workers, end } = setUpProcess<Item, number>(body, { graceTime: 1, size: 2 })
    return {
      processor: batcher,
      end: async () => {
        await workers.close({ timeout: 0 })
        await end()
      },
      stopServer: async () => {
        process.kill(await batcher.process('pid'), 'SIGKILL')
      },
      startServer: () => {},
    }
  },
}

const threads: ConformanceSubject<Item, number> = {
  ...shared,
  oversizeItem: () => {},
  start: () => {
    const options = { graceTime: 1, size: 2, nodeArguments, exportName: 'conformant' }
    const { batcher, workers, end } = setUp(threadBatch<Item, number>(fixtures, options))
    return {
      processor: batcher,
      end: async () => {
        await workers.close({ timeout: 0 })
        await end()
      },
      stopServer: async () => {
        await batcher.process('exit').catch(() => {})
      },
      startServer: () => {},
    }
  },
}

// What does not conform rejects.
describe.each([
  ['processBatch()', conformance(processes)],
  ['threadBatch()', conformance(threads)],
])('%s', (_name, cases) => {
  it.each(cases)('$name', async ({ run }) => {
    await expect(run()).resolves.toBe(undefined)
  })
})
