import { AsyncLocalStorage } from 'node:async_hooks'

import { Batcher, type BatcherOptions } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { runModule } from './support/child.ts'
import { observe } from './support/observe.ts'

const tenant = new AsyncLocalStorage<string>()

function as<Result>(name: string, run: () => Result): Result {
  return tenant.run(name, run)
}

/** A batcher made in the context `construction`, and why and in which context its batches ran. */
function setUp(options: BatcherOptions = {}): {
  clock: ManualClock
  seen: { reason: string; store: string | undefined }[]
  batcher: Batcher<number, number>
  end: () => void
} {
  const clock = new ManualClock()
  const batches = manualBatches<number, number>()
  const seen: { reason: string; store: string | undefined }[] = []
  const batcher = as(
    'construction',
    () =>
      new Batcher<number, number>(
        (items, context) => {
          seen.push({ reason: context.reason, store: tenant.getStore() })
          return batches.batchFunction(items, context)
        },
        { clock, ...options },
      ),
  )
  return {
    clock,
    seen,
    batcher,
    end: () => {
      const call = batches.calls.at(-1)
      as('the one who ends a batch', () => call?.resolve([...call.items]))
    },
  }
}

describe('the batch function runs in the context of the construction', () => {
  it('when a caller fills a batch', async () => {
    const { seen, batcher } = setUp({ maxBatchSize: 2 })
    as('first', () => void batcher.process(1))
    as('second', () => void batcher.process(2))
    await settle()
    expect(seen).toEqual([{ reason: 'size', store: 'construction' }])
  })

  it('when it leaves at the end of a turn', async () => {
    const { seen, batcher } = setUp({ concurrency: 2 })
    as('first', () => void batcher.process(1))
    await settle()
    as('second', () => void batcher.process(2))
    await settle()
    expect(seen).toEqual([
      { reason: 'idle', store: 'construction' },
      { reason: 'slot', store: 'construction' },
    ])
  })

  it('when a timer lets it go', async () => {
    const { clock, seen, batcher } = setUp({ maxQueueTime: 10 })
    as('caller', () => void batcher.process(1))
    await as('the one who advances the clock', () => clock.advance(10))
    expect(seen).toEqual([{ reason: 'time', store: 'construction' }])
  })

  it('when a timer of the system lets it go', async () => {
    const stores = as(
      'construction',
      () =>
        new Batcher((items: number[]) => items.map(() => tenant.getStore()), { maxQueueTime: 1 }),
    )
    expect(await as('caller', () => stores.process(1))).toBe('construction')
  })

  it('when flush() or close() lets it go', async () => {
    const { seen, batcher, end } = setUp({ maxQueueTime: Infinity })
    as('caller', () => void batcher.process(1))
    as('the one who flushes', () => void batcher.flush())
    await settle()
    as('caller', () => void batcher.process(2))
    as('the one who closes', () => void batcher.close())
    end()
    await settle()
    expect(seen).toEqual([
      { reason: 'flush', store: 'construction' },
      { reason: 'close', store: 'construction' },
    ])
  })

  it('when the end of another batch, resume() or a setting lets it go', async () => {
    const { seen, batcher, end } = setUp({ maxBatchSize: 1 })
    for (const item of [1, 2]) as('caller', () => void batcher.process(item))
    await settle()
    end()
    await settle()
    end()
    as('the one who pauses', () => {
      batcher.pause()
    })
    for (const item of [3, 4]) as('caller', () => void batcher.process(item))
    await settle()
    as('the one who resumes', () => {
      batcher.resume()
    })
    await settle()
    as('the one who tunes', () => {
      batcher.concurrency = 2
    })
    await settle()
    expect(seen).toEqual(
      Array.from({ length: 4 }, () => ({ reason: 'size', store: 'construction' })),
    )
  })

  it('when an abort makes room for one who waited for it', async () => {
    const { seen, batcher, end } = setUp({ maxBatchSize: 1, maxQueueSize: 1, overflow: 'wait' })
    const controller = new AbortController()
    const { signal } = controller
    void batcher.process(1)
    const left = as('caller', () => observe(batcher.process(2, { signal })))
    as('caller', () => void batcher.process(3))
    await settle()
    as('the one who aborts', () => {
      controller.abort()
    })
    end()
    await settle()
    expect(left.status).toBe('rejected')
    expect(seen.map(({ store }) => store)).toEqual(['construction', 'construction'])
  })

  it('also after its own awaits, and in the promises and thenables it returns', async () => {
    const seen: (string | undefined)[] = []
    const note = (): void => {
      seen.push(tenant.getStore())
    }
    const thenable = <Value>(value: Value): PromiseLike<Value> => ({
      // oxlint-disable-next-line unicorn/no-thenable -- the subject of the test
      then: (resolve) => {
        note()
        return Promise.resolve(value).then(resolve)
      },
    })
    const batcher = as(
      'construction',
      () =>
        new Batcher((items: number[]) => {
          note()
          return thenable(
            items.map((item) =>
              item % 2 === 0
                ? thenable(item)
                : Promise.resolve().then(() => {
                    note()
                    return item
                  }),
            ),
          )
        }),
    )
    const promises = [1, 2].map((item) => as(`caller ${item}`, () => batcher.process(item)))
    expect(await Promise.all(promises)).toEqual([1, 2])
    expect(seen).toEqual(['construction', 'construction', 'construction', 'construction'])
  })

  it('without a store, if there was none, though callers have theirs', async () => {
    const stores = new Batcher((items: number[]) => items.map(() => tenant.getStore()))
    const promises = ['a', 'b'].map((name) => as(name, () => stores.process(1)))
    expect(await Promise.all(promises)).toEqual([undefined, undefined])
  })
})

describe('each caller resumes in its own context', () => {
  it('after a result, an error, a failed batch, a timeout, its own abort and abort()', async () => {
    const clock = new ManualClock()
    const plans: Record<number, (items: number[]) => unknown> = {
      1: (items) => items,
      2: (items) => items.map(() => new Error('item')),
      3: () => {
        throw new Error('batch')
      },
      4: (items) => items.map((item) => settle().then(() => item)),
    }
    const batcher = as(
      'construction',
      () =>
        new Batcher<number, number>(
          (items) => (plans[items[0] as number]?.(items) ?? new Promise(() => {})) as number[],
          { clock, timeout: 10, maxBatchSize: 2, concurrency: Infinity },
        ),
    )
    const controller = new AbortController()
    const resumed: string[] = []
    const call = (item: number, name: string): Promise<void> =>
      as(name, async () => {
        const { signal } = controller
        const options = name.startsWith('leaver') ? { signal } : undefined
        const result = await batcher.process(item, options).then(
          () => 'fulfilled',
          (error: unknown) => (error as Error).name,
        )
        resumed.push(`${tenant.getStore()}: ${result}`)
      })
    const calls = [1, 2, 3, 4, 5].flatMap((item) => [
      call(item, `a${item}`),
      call(item, `b${item}`),
    ])
    calls.push(call(6, 'leaver 1'), call(6, 'leaver 2'))
    await settle()
    as('the one who aborts the leavers', () => {
      controller.abort()
    })
    await clock.advance(10)
    calls.push(call(7, 'late 1'), call(7, 'late 2'))
    await settle()
    as('the one who aborts', () => {
      batcher.abort()
    })
    calls.push(call(8, 'refused'))
    await Promise.all(calls)
    expect(resumed.toSorted()).toEqual([
      'a1: fulfilled',
      'a2: Error',
      'a3: BatchError',
      'a4: fulfilled',
      'a5: BatchTimeoutError',
      'b1: fulfilled',
      'b2: Error',
      'b3: BatchError',
      'b4: fulfilled',
      'b5: BatchTimeoutError',
      'late 1: BatchAbortedError',
      'late 2: BatchAbortedError',
      'leaver 1: AbortError',
      'leaver 2: AbortError',
      'refused: BatcherClosedError',
    ])
  })

  it('after flush(), onIdle() and close()', async () => {
    const batcher = as('construction', () => new Batcher((items: number[]) => items))
    void batcher.process(1)
    const resumed = ['flush', 'onIdle', 'close'].map((name) =>
      as(name, async () => {
        await batcher[name as 'flush' | 'onIdle' | 'close']()
        return tenant.getStore()
      }),
    )
    expect(await Promise.all(resumed)).toEqual(['flush', 'onIdle', 'close'])
  })
})

describe('a program without AsyncLocalStorage', () => {
  it('has no promise hook started by the library, so that its promises stay fast', async () => {
    // Promises have asynchronous ids of their own once such a hook runs, and not before.
    const { code, stdout, stderr } = await runModule(`
      import { createHook, executionAsyncId } from 'node:async_hooks'
      import { Batcher } from 'jitney'
      import { ManualClock, settle } from 'jitney/testing'

      const hooked = () => Promise.resolve().then(() => executionAsyncId() !== 0)
      const idsOfPromises = async () => {
        await new Promise(setImmediate)
        return new Set(await Promise.all([hooked(), hooked(), hooked()])).has(true)
      }
      const before = await idsOfPromises()
      const clock = new ManualClock()
      const batcher = new Batcher((items) => items, { clock, maxQueueTime: 10, timeout: 10 })
      const promise = batcher.process(1, { signal: new AbortController().signal })
      await clock.advance(10)
      await promise
      await batcher.close()
      console.log(before, await idsOfPromises())
      createHook({ init() {} }).enable()
      console.log(await idsOfPromises())
    `)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe('false false\ntrue\n')
  }, 60_000)
})
