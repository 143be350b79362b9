import { Batcher, type BatcherOptions, BatchError, limit, Semaphore } from 'jitney'
import { deferred, detectReentrancy, manualBatches, ReentrancyError, settle } from 'jitney/testing'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'

import { observe, reasonOf } from './support/observe.ts'
import { eventsDuring } from './support/process-events.ts'

/** A batch function that awaits what `inside` does with its own batcher. */
function awaiting(
  inside: (batcher: Batcher<string, string>) => Promise<unknown>,
  options?: BatcherOptions<string>,
): Batcher<string, string> {
  const batcher: Batcher<string, string> = new Batcher(async (items: string[]) => {
    if (items.includes('outer')) await inside(batcher)
    return items
  }, options)
  return batcher
}

async function causeOf(promise: Promise<unknown>): Promise<unknown> {
  const error = await reasonOf(promise)
  expect(error).toBeInstanceOf(BatchError)
  return (error as Error).cause
}

describe('detectReentrancy()', () => {
  let detector: ReturnType<typeof detectReentrancy>
  beforeEach(() => {
    detector = detectReentrancy()
  })
  afterEach(() => {
    detector.stop()
  })

  it.each<[string, (batcher: Batcher<string, string>) => Promise<unknown>]>([
    ['process()', (batcher) => batcher.process('inner')],
    ['processAll()', (batcher) => batcher.processAll(['inner'])],
    ['processIterable()', (batcher) => batcher.processIterable(['inner']).next()],
    ['close()', (batcher) => batcher.close()],
    ['await using', (batcher) => batcher[Symbol.asyncDispose]()],
    ['onIdle()', (batcher) => batcher.onIdle()],
  ])('finds %s that is awaited inside the batch function', async (_, inside) => {
    const cause = await causeOf(awaiting(inside).process('outer'))
    expect(cause).toBeInstanceOf(ReentrancyError)
    expect(cause).toMatchObject({ name: 'ReentrancyError', code: 'JITNEY_REENTRANCY' })
  })

  it('finds flush() with something queued, and says whose it is and why', async () => {
    const batcher = awaiting(
      async (own) => {
        await null
        void own.process('inner').catch(() => {})
        await own.flush()
      },
      { name: 'words' },
    )
    expect(await causeOf(batcher.process('outer'))).toMatchObject({
      message:
        "Cannot wait for flush() of 'words': it was called inside the batch function of the same batcher with no slot free, and would wait for itself",
    })
  })

  it('finds it in whatever the batch function awaits, and at a second level of calls', async () => {
    const deep: Batcher<number, number> = new Batcher(
      async ([item = 0]: number[]) => {
        await settle()
        return [item === 0 ? 0 : await deep.process(item - 1)]
      },
      { maxBatchSize: 1, concurrency: 2 },
    )
    expect(await deep.process(1)).toBe(0)
    expect(String(await reasonOf(deep.process(2)))).toContain('would wait for itself')
  })

  it('leaves calls alone that find a slot', async () => {
    const batcher = awaiting((own) => own.process('inner'), { concurrency: 2 })
    expect(await batcher.process('outer')).toBe('outer')
  })

  it('asks a shared semaphore for a slot, and takes none', async () => {
    const semaphore = new Semaphore(2)
    const batcher = awaiting((own) => own.process('inner'), { concurrency: semaphore })
    expect(await batcher.process('outer')).toBe('outer')
    semaphore.capacity = 1
    expect(await causeOf(batcher.process('outer'))).toBeInstanceOf(ReentrancyError)
    await batcher.onIdle()
    expect(semaphore.active).toBe(0)
  })

  it('leaves calls alone that nobody awaits: they are made, and nothing is reported', async () => {
    const events = await eventsDuring('unhandledRejection', async () => {
      const batcher = awaiting((own) => {
        void own.process('inner')
        void own.close()
        return Promise.resolve()
      })
      expect(await batcher.process('outer')).toBe('outer')
      await settle()
      expect(batcher.state).toBe('closed')
      expect(batcher.stats().fulfilled).toBe(2)
    })
    expect(events).toEqual([])
  })

  it('leaves calls alone from outside, of another batcher, and after the function has ended', async () => {
    const batches = manualBatches<string, string>()
    const other = new Batcher(batches.batchFunction)
    const ended = deferred<undefined>()
    let later: Promise<unknown> | undefined
    const batcher = awaiting(async (own) => {
      later = ended.promise.then(() => own.process('inner'))
      const answer = other.process('for the other')
      await settle()
      batches.calls[0]?.resolve(['for the other'])
      await answer
    })
    const outer = observe(batcher.process('outer'))
    const beside = observe(batcher.process('beside'))
    await settle()
    await settle()
    expect([outer.status, beside.status]).toEqual(['fulfilled', 'fulfilled'])
    ended.resolve(undefined)
    expect(await later).toBe('inner')
  })

  it('ends with stop(), called once or twice, and with the last of several', async () => {
    const process = Batcher.prototype.process
    const second = detectReentrancy()
    detector.stop()
    detector.stop()
    expect(Batcher.prototype.process).toBe(process)
    second[Symbol.dispose]()
    expect(Batcher.prototype.process).not.toBe(process)
    const batcher = awaiting((own) => own.process('inner'), { timeout: 5 })
    expect(await reasonOf(batcher.process('outer'))).toMatchObject({ code: 'JITNEY_BATCH_TIMEOUT' })
    batcher.abort()
  })
})

describe('detectReentrancy() and limits', () => {
  it('refuses a call inside of one that holds the last place', async () => {
    onTestFinished(detectReentrancy().stop)
    const limited = limit(1)
    const nested = limited(async () => limited(() => 1))
    await expect(nested).rejects.toMatchObject({
      name: 'ReentrancyError',
      code: 'JITNEY_REENTRANCY',
    })
    expect(await limited(() => 2)).toBe(2)
    expect([limited.active, limited.queued]).toEqual([0, 0])
  })

  it('finds it through another limit, and later in the function', async () => {
    onTestFinished(detectReentrancy().stop)
    const outer = limit(1)
    const inner = limit(1)
    const nested = outer(async () => {
      await settle()
      return inner(() => outer(() => 1))
    })
    await expect(nested).rejects.toMatchObject({ code: 'JITNEY_REENTRANCY' })
  })

  it('lets calls be that find a place, come from elsewhere or outlive their caller', async () => {
    onTestFinished(detectReentrancy().stop)
    const wide = limit(2)
    expect(await wide(async () => wide(() => 1))).toBe(1)
    const narrow = limit(1)
    expect(await Promise.all([narrow(() => 1), narrow(() => 2)])).toEqual([1, 2])
    let later: Promise<number> | undefined
    await narrow(() => {
      later = settle().then(() => narrow(() => 3))
    })
    const busy = narrow(() => settle())
    expect(await later).toBe(3)
    await busy
  })

  it('changes nothing once it has ended', async () => {
    detectReentrancy().stop()
    const limited = limit(1)
    let isDone = false
    void limited(async () => limited(() => 1)).then(() => (isDone = true))
    await settle()
    expect(isDone).toBe(false)
    limited.concurrency = 2
    await settle()
    expect(isDone).toBe(true)
  })
})
