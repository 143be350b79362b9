import { Batcher, RateLimiter, Semaphore } from 'jitney'
import { describe, expect, it } from 'vitest'
import { observe, reasonOf } from '../support/observe.ts'

const same = (items: number[]) => items
const perSecond = (of: RateLimiter['of'], limit: number) =>
  new RateLimiter({ limit, interval: 1000, of })
const limiter = perSecond('batches', 1)
const weight = { of: (item: number) => item, max: 10 }

/** What the constructor throws. */
async function refusalOf(options: object): Promise<Error> {
  return (await reasonOf(Promise.resolve().then(() => new Batcher(same, options)))) as Error
}

describe("the option 'rateLimit'", () => {
  it.each<[string, unknown]>([
    ['null', null],
    ['5', 5],
    ['"1/s"', '1/s'],
    ['true', true],
    ['Object', {}],
    ['Object', { limit: 1, interval: 1000 }],
    ['Function of 1', RateLimiter],
    ['Object', new Semaphore(1)],
    ['Set', new Set([limiter])],
  ])('is refused when it is no limiter: %s', async (received, rateLimit) => {
    const error = await refusalOf({ rateLimit })
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'JITNEY_WRONG_TYPE' })
    expect(error.message).toMatch(/^Cannot create Batcher: 'rateLimit' must be .+, received /)
    expect(error.message.endsWith(`, received ${received}`)).toBe(true)
  })

  it.each<[unknown[], string]>([
    [[null], 'null'],
    [[limiter, 5], '5'],
    [[limiter, limiter, { limit: 1, interval: 5 }], 'Object'],
    [[limiter, [limiter]], 'Array of 1'],
    [[limiter, undefined, limiter], 'undefined'],
  ])('is refused when an element of a list is none (%#)', async (rateLimit, received) => {
    const error = await refusalOf({ rateLimit })
    expect(error).toBeInstanceOf(TypeError)
    expect(error.message).toContain("Cannot create Batcher: 'rateLimit' must be ")
    expect(error.message.endsWith(`, received ${received}`)).toBe(true)
  })

  it("wants a 'weight' for a limit of weight", async () => {
    const perWeight = perSecond('weight', 5)
    for (const rateLimit of [perWeight, [limiter, perWeight]]) {
      const error = await refusalOf({ rateLimit })
      expect(error).toBeInstanceOf(TypeError)
      expect(error.message).toBe(
        "Cannot create Batcher: 'weight' must be a number above 0, received undefined",
      )
      expect(new Batcher(same, { rateLimit, weight }).state).toBe('open')
      expect(new Batcher(same, { rateLimit, weight: [weight] }).state).toBe('open')
    }
  })

  it.each(['batches', 'items'] as const)(
    'refuses a limit that no batch could ever keep: less than 1 of %s',
    async (of) => {
      const tooLow = perSecond(of, 0.9)
      for (const rateLimit of [tooLow, [limiter, tooLow]]) {
        const error = await refusalOf({ rateLimit })
        expect(error).toBeInstanceOf(RangeError)
        expect(error.message).toMatch(
          /^Cannot create Batcher: 'rateLimit' must be an integer of at least 1.*, received 0$/,
        )
      }
      expect(new Batcher(same, { rateLimit: perSecond(of, 1) }).state).toBe('open')
    },
  )

  it('takes a limit of weight below 1, which light items keep', async () => {
    const batcher = new Batcher(same, { rateLimit: perSecond('weight', 0.5), weight })
    expect(await batcher.process(0.25)).toBe(0.25)
    const tooHeavy = observe(batcher.process(0.75))
    await batcher.close()
    expect(tooHeavy.reason).toBeInstanceOf(RangeError)
  })

  it('is read once: a list that changes later changes nothing', async () => {
    const rateLimit = [perSecond('items', 5)]
    const batcher = new Batcher(same, { rateLimit })
    rateLimit.push(5 as never)
    expect(await batcher.process(1)).toBe(1)
  })
})

describe("the option 'concurrency'", () => {
  const acquire = async () => await new Semaphore(1).acquire()
  const wrong: [string, unknown][] = [
    ['Object', {}],
    ['a number of permits', { capacity: 3 }],
    ['half a semaphore', { capacity: 3, acquire }],
    ['words for methods', { capacity: 3, acquire: 'acquire', tryAcquire: 'tryAcquire' }],
    ['the class', Semaphore],
    ['a rate limiter', limiter],
    ['a list', [new Semaphore(1)]],
    ['null', null],
  ]

  it.each(wrong)('is refused when it is neither a count nor a semaphore: %s', async (_, value) => {
    const error = await refusalOf({ concurrency: value })
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'JITNEY_WRONG_TYPE' })
    expect(error.message).toMatch(/^Cannot create Batcher: 'concurrency' must be .+, received /)
    const batcher = new Batcher(same, { concurrency: 7 })
    const refused = await reasonOf(
      Promise.resolve({ concurrency: value }).then((given) => Object.assign(batcher, given)),
    )
    expect(refused).toBeInstanceOf(TypeError)
    expect((refused as Error).message).toMatch(/^Cannot set concurrency: 'concurrency' must be /)
    expect(batcher.concurrency).toBe(7)
  })

  it('may be whatever does what a semaphore does', async () => {
    const semaphore = new Semaphore(1)
    const concurrency = {
      get capacity() {
        return semaphore.capacity
      },
      tryAcquire: () => semaphore.tryAcquire(),
      onAllowance: (need: number, serve: () => void) => semaphore.onAllowance(need, serve),
    }
    const batcher = new Batcher(same, { maxBatchSize: 1, concurrency: concurrency as Semaphore })
    expect(batcher.concurrency).toBe(concurrency)
    expect(await batcher.processAll([1, 2, 3])).toEqual([1, 2, 3])
    await batcher.onIdle()
    expect([semaphore.active, semaphore.queued]).toEqual([0, 0])
  })
})

describe('the types of what batchers share', () => {
  it('take a limiter, a list of them, and a semaphore, also when it is set', () => {
    const batcher = new Batcher(same, { rateLimit: [limiter], concurrency: new Semaphore(2) })
    const { concurrency } = batcher
    const capacity = typeof concurrency === 'number' ? concurrency : concurrency.capacity
    expect(capacity).toBe(2)
    batcher.concurrency = new Semaphore(3)
    batcher.concurrency = 4
    expect(batcher.concurrency).toBe(4)
  })

  it('refuse what is neither', () => {
    const misuses = [
      // @ts-expect-error options are no limiter
      () => new Batcher(same, { rateLimit: { limit: 1, interval: 1000 } }),
      // @ts-expect-error a number is no limiter
      () => new Batcher(same, { rateLimit: [limiter, 5] }),
      // @ts-expect-error a limiter is no semaphore
      () => new Batcher(same, { concurrency: limiter }),
      // @ts-expect-error a text is no count
      () => new Batcher(same, { concurrency: '5' }),
    ]
    expect(misuses).toHaveLength(4)
  })
})
