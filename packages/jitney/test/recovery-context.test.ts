import { AsyncLocalStorage } from 'node:async_hooks'

import { Batcher, type BatcherOptions, outcome } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { observe } from './support/observe.ts'

const tenant = new AsyncLocalStorage<string>()

function as<Result>(name: string, run: () => Result): Result {
  return tenant.run(name, run)
}

/** A batcher made in the context `construction`, and in which contexts its batches ran. */
function setUp(options: BatcherOptions<number>) {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  const seen: (string | undefined)[] = []
  const batcher = as(
    'construction',
    () =>
      new Batcher<number, number>(
        (items, context) => {
          seen.push(tenant.getStore())
          return batches.batchFunction(items, context)
        },
        { clock, ...options },
      ),
  )
  return { clock, batches, seen, batcher }
}

const fail = new Error('down')

describe('the batch function runs in the context of the construction', () => {
  it('for another attempt, whoever caused it', async () => {
    const { clock, batches, seen, batcher } = setUp({ retry: { attempts: 5 } })
    as('caller', () => observe(batcher.process(1)))
    await settle()
    as('the one who fails', () => batches.calls[0]?.reject(fail))
    await as('the one who advances the clock', () => clock.advance(1000))
    as('the one who asks again', () => batches.calls[1]?.resolve([outcome.retry()]))
    await settle()
    as('the one who closes', () => void batcher.close())
    await settle()
    batches.calls[2]?.reject(fail)
    await clock.advance(0)
    expect(seen).toEqual(Array(4).fill('construction'))
    batcher.abort()
  })

  it('for halves, whoever caused them', async () => {
    const { batches, seen, batcher } = setUp({ splitOnError: true })
    const callers = as('caller', () => [observe(batcher.process(1)), observe(batcher.process(2))])
    await settle()
    batcher.pause()
    as('the one who fails', () => batches.calls[0]?.reject(fail))
    await settle()
    as('the one who resumes', () => {
      batcher.resume()
    })
    await settle()
    as('the one who ends the first', () => batches.calls[1]?.resolve([10]))
    await settle()
    expect(seen).toEqual(Array(3).fill('construction'))
    expect(callers[0]?.value).toBe(10)
    batcher.abort()
  })

  it('for a shared item, whoever joined', async () => {
    const { batches, seen, batcher } = setUp({ dedupeKey: () => 'all', maxQueueTime: 0 })
    const stores: (string | undefined)[] = []
    for (const name of ['first', 'second']) {
      as(name, () => {
        void batcher.process(1).then(() => stores.push(tenant.getStore()))
      })
    }
    await settle()
    as('third', () => {
      void batcher.process(1).then(() => stores.push(tenant.getStore()))
    })
    as('the one who ends it', () => batches.calls[0]?.resolve([10]))
    await settle()
    expect(seen).toEqual(['construction'])
    expect(stores).toEqual(['first', 'second', 'third'])
  })
})

describe('what the options ask', () => {
  it('retry.when runs in the context of the construction too', async () => {
    const stores: (string | undefined)[] = []
    const when = (): boolean => {
      stores.push(tenant.getStore())
      return false
    }
    const { batches, batcher } = setUp({ retry: { attempts: 2, when } })
    const caller = as('caller', () => observe(batcher.process(1)))
    await settle()
    as('the one who fails', () => batches.calls[0]?.reject(fail))
    await settle()
    expect(caller.status).toBe('rejected')
    expect(stores).toEqual(['construction'])
  })
})
