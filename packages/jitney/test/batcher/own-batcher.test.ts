import { Batcher, BatchTimeoutError } from 'jitney'
import { ManualClock, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, type Observed, processEach } from '../support/observe.ts'

describe('a batch function that uses its own batcher', () => {
  it('may call close() without awaiting it', async () => {
    const batcher: Batcher<number, number> = new Batcher((items: number[]) => {
      closed = observe(batcher.close())
      return items
    })
    let closed: Observed<void> | undefined
    const [caller] = processEach(batcher, [1])
    await settle()
    expect(caller?.value).toBe(1)
    expect(closed?.status).toBe('fulfilled')
  })

  it('may await close() with a timeout, which aborts its callers', async () => {
    const clock = new ManualClock()
    const batcher: Batcher<number, number> = new Batcher(
      async (items: number[]) => {
        await batcher.close({ timeout: 50 })
        return items
      },
      { clock },
    )
    const [caller] = processEach(batcher, [1])
    await clock.advance(50)
    expect(caller?.reason).toMatchObject({ name: 'BatchAbortedError', started: true })
    expect(batcher).toMatchObject({ state: 'closed', activeCount: 0 })
  })

  it('is freed by `timeout` when it awaits close() without one', async () => {
    const clock = new ManualClock()
    const batcher: Batcher<number, number> = new Batcher(
      async (items: number[]) => {
        await batcher.close()
        return items
      },
      { clock, timeout: 50 },
    )
    const [caller] = processEach(batcher, [1])
    await clock.advance(50)
    expect(caller?.reason).toBeInstanceOf(BatchTimeoutError)
    expect(batcher).toMatchObject({ state: 'closed', activeCount: 0 })
  })

  it('may call abort(): its callers had started, and what it returns is dropped', async () => {
    const batcher: Batcher<number, number> = new Batcher(
      (items: number[], { signal }) => {
        batcher.abort('from inside')
        expect(signal.aborted).toBe(true)
        return items
      },
      { maxBatchSize: 2 },
    )
    const callers = processEach(batcher, range(3))
    await settle()
    expect(callers.map((caller) => caller.reason)).toMatchObject([
      { started: true, cause: 'from inside' },
      { started: true, cause: 'from inside' },
      { started: false, cause: 'from inside' },
    ])
    expect(batcher).toMatchObject({ state: 'closed', activeCount: 0 })
  })

  it('may process items when a slot is free', async () => {
    const batcher: Batcher<number, number> = new Batcher(
      async (items: number[]) =>
        await Promise.all(
          items.map(async (item) => (item === 0 ? 1 : item * (await batcher.process(item - 1)))),
        ),
      { concurrency: 6 },
    )
    expect(await batcher.process(5)).toBe(120)
  })

  it('is freed by `timeout` when it awaits process() and no slot is free', async () => {
    const clock = new ManualClock()
    let inner: Observed<number> | undefined
    const batcher: Batcher<number, number> = new Batcher(
      async (items: number[]) => {
        if (items[0] !== 1) return items
        const promise = batcher.process(2)
        inner = observe(promise)
        return [await promise]
      },
      { clock, timeout: 50 },
    )
    const [outer] = processEach(batcher, [1])
    await clock.advance(50)
    expect(outer?.reason).toBeInstanceOf(BatchTimeoutError)
    expect(inner?.status).toBe('pending')
    expect(batcher.stats()).toMatchObject({ active: 1, abandoned: 1, queued: 1 })
    const closed = observe(batcher.close({ timeout: 100 }))
    await clock.advance(100)
    expect(inner?.reason).toMatchObject({ name: 'BatchAbortedError', started: false })
    expect(closed.status).toBe('fulfilled')
    expect(batcher.activeCount).toBe(0)
  })
})
