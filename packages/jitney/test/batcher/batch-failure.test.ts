/* oxlint-disable unicorn/no-thenable -- what objects with a `then` do is what is tested */
import { Batcher, BatchError, outcome } from 'jitney'
import { settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { range } from '../support/departures.ts'
import { observe, processEach, reasonOf } from '../support/observe.ts'
import { rejected, revoked } from '../support/outcomes.ts'
import { eventsDuring } from '../support/process-events.ts'

describe('a batch function that fails', () => {
  const down = new Error('down')

  it.each([
    [new Error('Error: down'), 'Error: down'],
    [new TypeError('wrong'), 'TypeError: wrong'],
    ['down', '"down"'],
  ])('says what was thrown, and of which kind: %s', async (thrown, words) => {
    const batcher = new Batcher<number, number>(() => {
      throw thrown as Error
    })
    const error = (await reasonOf(batcher.process(1))) as Error
    expect(error.message).toBe(`Cannot process batch of 1: ${words}`)
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw down
      },
    ],
    [
      'rejects',
      async () => {
        await Promise.reject(down)
      },
    ],
    [
      'rejects by a thenable',
      () => ({
        then: (_: unknown, bad: (reason: unknown) => void) => {
          bad(down)
        },
      }),
    ],
    [
      'returns a thenable that throws',
      () => ({
        then: () => {
          throw down
        },
      }),
    ],
    [
      'returns what throws when it is asked for `then`',
      () =>
        Object.defineProperty({}, 'then', {
          get: () => {
            throw down
          },
        }),
    ],
  ])('and %s rejects each caller with a BatchError of its own', async (_, fail) => {
    const batcher = new Batcher<number, number>(fail as never, { maxBatchSize: 3 })
    const callers = processEach(batcher, range(3))
    await settle()
    const reasons = callers.map((caller) => caller.reason as BatchError)
    expect(new Set(reasons).size).toBe(3)
    for (const reason of reasons) {
      expect(reason).toBeInstanceOf(BatchError)
      expect(reason).toBeInstanceOf(Error)
      expect(reason).toMatchObject({ name: 'BatchError', code: 'JITNEY_BATCH_FAILED' })
      expect(reason.message).toBe('Cannot process batch of 3: down')
      expect(reason.cause).toBe(down)
    }
    Object.assign(reasons[0] as object, { decorated: true, message: 'mine' })
    expect(reasons[1]).not.toHaveProperty('decorated')
    expect(reasons[1]?.message).toBe('Cannot process batch of 3: down')

    expect(batcher.activeCount).toBe(0)
    expect(await reasonOf(batcher.process(9))).toMatchObject({
      message: 'Cannot process batch of 1: down',
      cause: down,
    })
  })

  it('is served by its next call as if nothing had been', async () => {
    let calls = 0
    const batcher = new Batcher(
      (items: number[]) => {
        calls += 1
        if (calls === 1) throw down
        return items
      },
      { maxBatchSize: 1 },
    )
    const callers = processEach(batcher, range(3))
    await settle()
    expect(callers.map((caller) => caller.status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  })

  it('gives a lone item a BatchError too', async () => {
    const reason = await reasonOf(
      new Batcher(() => {
        throw down
      }).process(1),
    )
    expect(reason).toBeInstanceOf(BatchError)
    expect((reason as BatchError).cause).toBe(down)
  })

  it('tells the name of the batcher', async () => {
    const named = new Batcher<number, number>(
      () => {
        throw down
      },
      { name: 'squares' },
    )
    expect(await reasonOf(named.process(1))).toMatchObject({
      message: "Cannot process batch of 1 of 'squares': down",
    })
  })

  it('does not leave callers hanging when it fails by its own AbortError', async () => {
    const batcher = new Batcher<number, number>(async () => {
      AbortSignal.abort().throwIfAborted()
      return await Promise.reject(new Error('not reached'))
    })
    const callers = processEach(batcher, range(2))
    await settle()
    for (const { reason } of callers) {
      expect(reason).toMatchObject({ name: 'BatchError', cause: { name: 'AbortError' } })
    }
    expect(batcher.activeCount).toBe(0)
  })

  it.each<[string, () => unknown]>([
    ['undefined', () => undefined],
    ['null', () => null],
    ['0', () => 0],
    ['an empty string', () => ''],
    ['a symbol', () => Symbol('s')],
    ['an object without a prototype', () => Object.create(null) as object],
    [
      'an Error whose message is a symbol',
      () => Object.assign(new Error('x'), { message: Symbol('s') }),
    ],
    [
      'an Error whose message is no text',
      () => Object.assign(new Error('x'), { message: Object.create(null) as object }),
    ],
    [
      'an Error whose message throws',
      () =>
        Object.defineProperty(new Error('x'), 'message', {
          get: () => {
            throw new Error('no message')
          },
        }),
    ],
    ['a frozen Error', () => Object.freeze(new Error('cold'))],
    ['a revoked proxy', revoked],
  ])('throwing %s makes it the cause', async (_, make) => {
    const cause = make()
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      for (const fail of [
        async () => await rejected(cause),
        (): never => {
          throw cause as Error
        },
      ]) {
        const batcher = new Batcher<number, number>(fail, { captureStacks: true })
        const callers = processEach(batcher, range(2))
        await settle()
        for (const caller of callers) {
          expect(caller.reason).toBeInstanceOf(BatchError)
          expect((caller.reason as BatchError).cause).toBe(cause)
          expect((caller.reason as BatchError).message).toMatch(/^Cannot process batch of 2: ./)
        }
        expect(batcher.activeCount).toBe(0)
      }
    })
    expect(unhandled).toEqual([])
  })
})

describe('captureStacks', () => {
  async function failingCall(batcher: Batcher<number, unknown>) {
    return (await reasonOf(batcher.process(1))) as Error
  }

  it('shows where process() was called, on errors of the batch and of the item', async () => {
    const fail = () => {
      throw new Error('down')
    }
    const options = { captureStacks: true }
    const ofBatch = await failingCall(new Batcher<number, unknown>(fail, options))
    const ofItem = await failingCall(
      new Batcher<number, unknown>(() => [new Error('bad')], options),
    )
    expect(ofBatch.stack).toContain('failingCall')
    expect(ofItem.stack).toContain('failingCall')
    for (const { stack } of [ofBatch, ofItem]) expect(stack).toMatch(/\n +called from\W*\n +at /)
    expect((await failingCall(new Batcher<number, unknown>(fail))).stack).not.toContain(
      'failingCall',
    )
  })

  it('shows nothing of it unless asked, whatever options a call has', async () => {
    const batcher = new Batcher<number, unknown>(() => [new Error('bad')])
    const error = (await reasonOf(batcher.process(1, { priority: 1 }))) as Error
    expect(error.stack).not.toContain('called from')
  })

  it('leaves reasons that take no stack as they are', async () => {
    for (const reason of [Object.freeze(new Error('cold')), 'text', undefined, revoked()]) {
      const batcher = new Batcher<number, unknown>(() => [outcome.error(reason)], {
        captureStacks: true,
      })
      const caller = observe(batcher.process(1))
      await settle()
      expect(caller.status).toBe('rejected')
      expect(Object.is(caller.reason, reason)).toBe(true)
      expect(batcher.activeCount).toBe(0)
    }
  })

  it('does not let the stack of a constant Error grow', async () => {
    const notFound = new Error('not found')
    const batcher = new Batcher<number, unknown>(() => [notFound], { captureStacks: true })
    const lengths: (number | undefined)[] = []
    for (let call = 0; call < 5; call += 1) {
      lengths.push((await failingCall(batcher)).stack?.length)
    }
    expect(new Set(lengths.slice(1)).size).toBe(1)
  })
})
