import { Batcher, BatchError, outcome } from 'jitney'
import { deferred, ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach } from '../support/observe.ts'
import { eventsDuring } from '../support/process-events.ts'

const down = new Error('down')

describe('promises that reject unheard, with retries, halves and shared items,', () => {
  it('are none when every caller handles its own', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const clock = new ManualClock()
      const batches = manualBatches<number, number>()
      const batcher = new Batcher(batches.batchFunction, {
        dedupeKey: (item) => item % 4,
        retry: { attempts: 2 },
        splitOnError: true,
        concurrency: 2,
        clock,
      })
      const callers = processEach(batcher, range(12))
      for (let call = 0; call < 8; call += 1) {
        await clock.advance(1000)
        batches.calls[call]?.reject(down)
      }
      await clock.advance(1000)
      expect(callers.map((caller) => caller.status)).toEqual(Array(12).fill('rejected'))
      expect(batches.calls).toHaveLength(8)
      expect(clock.timerCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })

  it('are one for each caller whom nobody handles, and none for the attempts before', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const clock = new ManualClock()
      const batcher = new Batcher<number, number>(
        () => {
          throw down
        },
        { dedupeKey: (item) => item % 2, retry: { attempts: 3 }, splitOnError: true, clock },
      )
      for (const item of range(3)) void batcher.process(item)
      observe(batcher.process(3))
      await clock.advance(10_000)
    })
    expect(unhandled).toHaveLength(3)
    expect(new Set(unhandled).size).toBe(3)
    for (const reason of unhandled) expect(reason).toBeInstanceOf(BatchError)
  })

  it('are none among promises of a list whose items asked for another attempt', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      const clock = new ManualClock()
      const batches = manualBatches<number, number>()
      const batcher = new Batcher(batches.batchFunction, { clock })
      const controller = new AbortController()
      const callers = [
        ...processEach(batcher, range(2)),
        observe(batcher.process(2, { signal: controller.signal })),
      ]
      await settle()
      const [again, late, left] = [deferred<never>(), deferred<number>(), deferred<number>()]
      batches.calls[0]?.resolve([again.promise, late.promise, left.promise])
      again.resolve(outcome.retry() as never)
      await settle()
      controller.abort('gone')
      late.reject(new Error('late'))
      left.reject(new Error('unheard'))
      await clock.advance(1000)
      batches.calls[1]?.reject(down)
      await settle()
      expect(callers.map((caller) => caller.status)).toEqual(Array(3).fill('rejected'))
      expect(batcher.activeCount).toBe(0)
    })
    expect(unhandled).toEqual([])
  })

  it('are none when the callers leave in their delay or in a half', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      for (const options of [{ retry: { attempts: 3 } }, { splitOnError: true }]) {
        const clock = new ManualClock()
        const batches = manualBatches<number, number>()
        const batcher = new Batcher(batches.batchFunction, { ...options, clock })
        const controller = new AbortController()
        const { signal } = controller
        const callers = range(4).map((item) => observe(batcher.process(item, { signal })))
        await settle()
        batcher.pause()
        batches.calls[0]?.reject(down)
        await settle()
        controller.abort('gone')
        await clock.advance(1e6)
        expect(callers).toEqual(range(4).map(() => ({ status: 'rejected', reason: 'gone' })))
        expect(batcher.queuedCount).toBe(0)
      }
    })
    expect(unhandled).toEqual([])
  })
})
