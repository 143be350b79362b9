import { Batcher, BatchError } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach } from '../support/observe.ts'
import { returning } from '../support/outcomes.ts'
import { eventsDuring } from '../support/process-events.ts'

describe('promises that reject unheard', () => {
  it('are none when every caller of a failing batch handles its own', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batches = manualBatches<number, unknown>()
      const batcher = new Batcher<number, unknown>(batches.batchFunction, { maxBatchSize: 3 })
      const controller = new AbortController()
      const callers = [
        ...processEach(batcher, range(6)),
        observe(batcher.process(6, { signal: controller.signal })),
        observe(batcher.processAll([7, 8])),
      ]
      await settle()
      batches.calls[0]?.reject(new Error('down'))
      await settle()
      batches.calls[1]?.resolve([Promise.reject(new Error('bad')), new Error('bad'), 1])
      await settle()
      controller.abort()
      batcher.abort(new Error('over'))
      batches.calls[2]?.reject(new Error('late'))
      await settle()
      expect(callers.map((caller) => caller.status)).not.toContain('pending')
      await batcher.close()
    })
    expect(unhandled).toEqual([])
  })

  it('are exactly one for a caller whom nobody handles, with its own error', async () => {
    const down = new Error('down')
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batcher = new Batcher<number, number>(() => {
        throw down
      })
      observe(batcher.process(0))
      void batcher.process(1)
      observe(batcher.process(2))
      await settle()
    })
    expect(unhandled).toHaveLength(1)
    expect(unhandled[0]).toBeInstanceOf(BatchError)
    expect(unhandled[0]).toMatchObject({ cause: down })
  })

  it('are one each for aborted, refused and wrong calls that nobody handles', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batcher = new Batcher((items: number[]) => items, { maxQueueSize: 1 })
      batcher.pause()
      const controller = new AbortController()
      void batcher.process(1, { signal: controller.signal })
      void batcher.process(2)
      void batcher.process(3, { bogus: 1 } as never)
      controller.abort('gone')
      await settle()
    })
    expect(unhandled).toHaveLength(3)
    expect(
      unhandled.map((reason) => (reason as Error | string).toString().slice(0, 14)).sort(),
    ).toEqual(['QueueFullError', 'TypeError: Can', 'gone'])
  })

  it.each<[string, unknown[]]>([
    ['too few', []],
    ['too many', [1, 2]],
  ])('are none among results of a wrong length (%s)', async (_, others) => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const count = 1
      const batcher = new Batcher<number, unknown>(() => [
        ...others,
        Promise.reject(new Error('a')),
        Promise.reject(new Error('b')),
      ])
      const callers = processEach(batcher, range(count))
      await settle()
      expect(callers[0]?.reason).toMatchObject({ cause: { code: 'JITNEY_WRONG_RESULT' } })
      expect(batcher.activeCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })

  it('are none among results behind one that cannot be read', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const list = [1, 2, Promise.reject(new Error('behind'))]
      const batcher = returning(
        new Proxy(list, {
          get(target, key, receiver) {
            if (key === '1') throw new Error('not readable')
            return Reflect.get(target, key, receiver) as unknown
          },
        }),
      )
      processEach(batcher, range(3))
      await settle()
      expect(batcher.activeCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })

  it.each<[string, (batcher: Batcher<number, unknown>, controller: AbortController) => void]>([
    [
      'all callers left',
      (_, controller) => {
        controller.abort('gone')
      },
    ],
    [
      'abort()',
      (batcher) => {
        batcher.abort('over')
      },
    ],
  ])('are none among results that come after %s', async (_, end) => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batches = manualBatches<number, unknown>()
      const batcher = new Batcher<number, unknown>(batches.batchFunction, { maxBatchSize: 1 })
      const controller = new AbortController()
      batcher.concurrency = 2
      for (const item of range(2)) observe(batcher.process(item, { signal: controller.signal }))
      await settle()
      end(batcher, controller)
      batches.calls[0]?.resolve([Promise.reject(new Error('late'))])
      batches.calls[1]?.reject(new Error('late too'))
      await settle()
      expect(batcher.activeCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })

  it('are none for an outcome whose caller left before', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const batches = manualBatches<number, unknown>()
      const batcher = new Batcher<number, unknown>(batches.batchFunction)
      const controller = new AbortController()
      observe(batcher.process(0, { signal: controller.signal }))
      const stayed = observe(batcher.process(1))
      await settle()
      controller.abort('gone')
      batches.calls[0]?.resolve([Promise.reject(new Error('unheard')), 1])
      await settle()
      expect(stayed.value).toBe(1)
    })
    expect(unhandled).toEqual([])
  })
})
