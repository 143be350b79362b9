import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

import { BatchError } from '../../src/index.ts'
import { processBatch } from '../../src/worker/index.ts'
import { rejectionOf, setUp, setUpThreads } from './programs.ts'

const numbers = Array.from({ length: 64 }, (_, n) => (n === 41 ? -1 : n))
const failedOf = (settled: readonly PromiseSettledResult<unknown>[]): number[] =>
  settled.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))

describe('a model that throws for one input', () => {
  it('fails its batch alone, in a thread, and isolates the input when told to', async () => {
    const { batcher, workers, end } = setUpThreads<number, number>('model')
    const settled = await batcher.processAllSettled(numbers)
    expect(failedOf(settled)).toHaveLength(64)
    expect(await batcher.process(9)).toBe(3)
    const dividing = setUpThreads<number, number>('model', {}, { splitOnError: true })
    const divided = await dividing.batcher.processAllSettled(numbers)
    expect(failedOf(divided)).toEqual([41])
    expect(divided[41]).toMatchObject({ reason: { cause: { message: '-1 is negative' } } })
    expect(dividing.workers.stats()).toMatchObject({ starts: 1, lostBatches: 0 })
    expect(workers.stats()).toMatchObject({ starts: 1, lostBatches: 0 })
    await dividing.end()
    await end()
  })

  it('fails its batch alone, as a Python program that does not expect it', async () => {
    const program = fileURLToPath(new URL('../../../../examples/model.py', import.meta.url))
    const predict = processBatch<unknown, number>(['python3', program], {
      restart: { minDelay: 1 },
    })
    const { batcher, workers, end } = setUp(predict, { splitOnError: true })
    expect(await batcher.process(10)).toBe(21)
    const inputs = numbers.map((n) => (n === -1 ? { not: 'a number' } : n))
    const settled = await batcher.processAllSettled(inputs)
    expect(failedOf(settled)).toEqual([41])
    const error = await rejectionOf(batcher.process({ not: 'a number' }))
    expect(error).toBeInstanceOf(BatchError)
    expect(error.cause).toMatchObject({
      code: 'JITNEY_WORKER_CRASHED',
      exitCode: 1,
      message: expect.stringContaining('TypeError'),
    })
    expect(await batcher.process(10)).toBe(21)
    const { starts, crashes } = workers.stats()
    expect(starts).toBe(crashes + 1)
    await end()
  })
})
