/** What a program that batches sees of the service. */
import { BatchError } from 'jitney'
import { type HttpError, httpBatcher } from 'jitney/http'
import { conformance } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { defineBatch } from '../src/index.ts'
import { startService } from './helpers/start-service.ts'

const notApplicable = 'not applicable'

const cases = conformance<number | string, number>({
  start: async () => {
    const { service, url } = await startService({
      squares: defineBatch(
        (numbers: (number | string)[], { signal }) =>
          numbers.includes('slow')
            ? new Promise<never>((_resolve, reject) => {
                signal.addEventListener('abort', () => reject(new Error('stopped')))
              })
            : numbers.map((number) =>
                number === -1 ? new RangeError('negative') : Number(number) ** 2,
              ),
        { concurrency: 4 },
      ),
    })
    const processor = httpBatcher<number | string, number>(`${url}/squares`, { send: 'item' })
    return {
      processor,
      end: async () => {
        processor.abort()
        await service.stop({ signal: AbortSignal.abort() })
      },
    }
  },
  item: (n) => n,
  result: (n) => n * n,
  failingItem: -1,
  oversizeItem: 'x'.repeat(2 ** 24),
  missing: notApplicable,
  unprocessed: notApplicable,
  shuffled: notApplicable,
  outage: notApplicable,
  slowItem: 'slow',
})

describe("httpBatcher({ send: 'item' }) over jitney serve", () => {
  // What does not conform rejects.
  it.each(cases)('$name', async ({ run }) => {
    await expect(run()).resolves.toBe(undefined)
  })

  it('gives each caller its result, and the service batches them', async () => {
    const sizes: number[] = []
    const squares = (numbers: number[]): number[] => {
      sizes.push(numbers.length)
      return numbers.map((number) => number * number)
    }
    const { url } = await startService({
      squares: defineBatch(squares, { maxBatchSize: 10, maxQueueTime: Infinity }),
    })
    const remote = httpBatcher<number, number>(`${url}/squares`, { send: 'item' })
    const numbers = Array.from({ length: 40 }, (_, index) => index)
    expect(await remote.processAll(numbers)).toEqual(numbers.map((number) => number * number))
    expect(sizes).toEqual([10, 10, 10, 10])
  })

  it('tells of one failed item by its status and code, the others have their results', async () => {
    const { url } = await startService({
      roots: (numbers: number[]) =>
        numbers.map((number) =>
          number < 0
            ? Object.assign(new Error('no root'), { status: 422 })
            : number === 0
              ? undefined
              : Math.sqrt(number),
        ),
    })
    const remote = httpBatcher<number, number>(`${url}/roots`, { send: 'item', idempotent: true })
    const [four, negative, none] = await remote.processAllSettled([16, -1, 0])
    expect(four).toEqual({ status: 'fulfilled', value: 4 })
    expect(none).toEqual({ status: 'fulfilled', value: undefined })
    const { reason } = negative as PromiseRejectedResult
    expect(reason).toBeInstanceOf(BatchError)
    expect((reason as BatchError).cause as HttpError).toMatchObject({
      status: 422,
      body: { code: 'JITNEY_ITEM_FAILED' },
      message: 'The server answered 422: "no root"',
    })
  })
})
