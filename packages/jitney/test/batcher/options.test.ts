import { Batcher, type BatcherOptions } from 'jitney'
import { ManualClock, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { observe, reasonOf } from '../support/observe.ts'

type Kind = 'shape' | 'range'
type Wrong = [value: unknown, kind: Kind, received: string]

const notNumbers: Wrong[] = [
  ['3', 'shape', '"3"'],
  ['', 'shape', '""'],
  [true, 'shape', 'true'],
  [null, 'shape', 'null'],
  [3n, 'shape', '3n'],
  [Symbol('three'), 'shape', 'Symbol(three)'],
  [{}, 'shape', 'Object'],
  [{ valueOf: () => 3 }, 'shape', 'Object'],
  [Object.create(null), 'shape', 'Object'],
  [[3], 'shape', 'Array of 1'],
  [() => 3, 'shape', 'Function of 0'],
  [Object(3), 'shape', 'Number'],
  [new Date(3), 'shape', 'Date'],
]

const notCounts: Wrong[] = [
  ...notNumbers,
  [0, 'range', '0'],
  [-0, 'range', '0'],
  [-1, 'range', '-1'],
  [1.5, 'range', '1.5'],
  [0.5, 'range', '0.5'],
  [Number.NaN, 'range', 'NaN'],
  [-Infinity, 'range', '-Infinity'],
  [2 ** 53, 'range', '9007199254740992'],
]

const notDurations: Wrong[] = [
  ...notNumbers,
  [-1, 'range', '-1'],
  [-0.5, 'range', '-0.5'],
  [Number.NaN, 'range', 'NaN'],
  [-Infinity, 'range', '-Infinity'],
]

const notBooleans: Wrong[] = [
  ['true', 'shape', '"true"'],
  [1, 'shape', '1'],
  [0, 'shape', '0'],
  [null, 'shape', 'null'],
  [{}, 'shape', 'Object'],
]

const notTexts: Wrong[] = [
  [1, 'shape', '1'],
  [true, 'shape', 'true'],
  [null, 'shape', 'null'],
  [Symbol('name'), 'shape', 'Symbol(name)'],
  [['rows'], 'shape', 'Array of 1'],
  [Object('rows'), 'shape', 'String of 4'],
]

const notClocks: Wrong[] = [
  [null, 'shape', 'null'],
  [Date, 'shape', 'Function of 7'],
  [{}, 'shape', 'Object'],
  [{ now: () => 0 }, 'shape', 'Object'],
  [{ now: () => 0, setTimeout: () => 0 }, 'shape', 'Object'],
  ['system', 'shape', '"system"'],
]

const queueTime = "milliseconds of at least 0, or 'adaptive'"
const count = 'an integer of at least 1, or Infinity'
const slots = 'an integer of at least 1, or Infinity, or a Semaphore'

const wrongOptions: [option: keyof BatcherOptions, allowed: string, values: Wrong[]][] = [
  ['maxBatchSize', count, notCounts],
  ['concurrency', slots, notCounts],
  ['maxQueueSize', count, notCounts],
  [
    'maxQueueTime',
    queueTime,
    [
      ...notDurations,
      ['Adaptive', 'shape', '"Adaptive"'],
      [Object('adaptive'), 'shape', 'String of 8'],
    ],
  ],
  ['timeout', 'a number above 0', [...notDurations, [0, 'range', '0']]],
  [
    'overflow',
    'one of reject, wait',
    [...notTexts, ['drop', 'range', '"drop"'], ['', 'range', '""'], ['Wait', 'range', '"Wait"']],
  ],
  ['name', 'a string', notTexts],
  ['captureStacks', 'a boolean', notBooleans],
  ['clock', 'a Clock', notClocks],
]

const same = (items: number[]) => items

/** What is thrown, or what the promise of it rejects with. */
async function failureOf(action: () => unknown): Promise<unknown> {
  return await reasonOf((async () => await action())())
}

function expectRefusal(error: unknown, kind: Kind, message: string) {
  expect(error).toBeInstanceOf(kind === 'shape' ? TypeError : RangeError)
  expect(error).toMatchObject({
    message,
    code: kind === 'shape' ? 'JITNEY_WRONG_TYPE' : 'JITNEY_OUT_OF_RANGE',
  })
}

describe('new Batcher()', () => {
  const cases = wrongOptions.flatMap(([option, allowed, values]) =>
    values.map(([value, kind, received]) => ({ option, allowed, value, kind, received })),
  )
  it.each(cases)(
    'refuses $option: $received, and says what is allowed',
    async ({ option, allowed, value, kind, received }) => {
      const error = await failureOf(() => new Batcher(same, { [option]: value }))
      const message = `Cannot create Batcher: '${option}' must be ${allowed}, received ${received}`
      expectRefusal(error, kind, message)
    },
  )

  it.each<BatcherOptions>([
    { maxBatchSize: 1 },
    { maxBatchSize: Infinity },
    { maxBatchSize: Number.MAX_SAFE_INTEGER },
    { maxQueueTime: 0 },
    { maxQueueTime: -0 },
    { maxQueueTime: 0.25 },
    { maxQueueTime: Infinity },
    { maxQueueTime: Number.MAX_VALUE },
    { maxQueueTime: 'adaptive' },
    { concurrency: Infinity },
    { maxQueueSize: 1 },
    { overflow: 'reject' },
    { overflow: 'wait' },
    { timeout: 0.5 },
    { timeout: Infinity },
    { timeout: Number.MAX_VALUE },
    { clock: new ManualClock() },
    { name: '' },
    { captureStacks: true },
    Object.create(null) as BatcherOptions,
    Object.freeze({ maxBatchSize: 2 }),
  ])('takes %j', async (options) => {
    const batcher = new Batcher(same, options)
    void batcher.process(1)
    const result = observe(batcher.process(2))
    await batcher.close()
    expect(result.value).toBe(2)
  })

  it.each<[string, unknown, string]>([
    ['maxQueueSise', 5, '"maxQueueSise"'],
    ['MaxBatchSize', undefined, '"MaxBatchSize"'],
    ['max_batch_size', 5, '"max_batch_size"'],
    ['toString', () => '', '"toString"'],
    ['__proto__', {}, '"__proto__"'],
    ['', 1, '""'],
    ['x'.repeat(1000), 1, '"xxx'],
  ])('refuses the unknown option %j and lists those it knows', async (option, value, shown) => {
    const options = Object.defineProperty({}, option, { value, enumerable: true })
    const error = await failureOf(() => new Batcher(same, options))
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ code: 'JITNEY_UNKNOWN_OPTION' })
    const { message } = error as Error
    expect(message).toMatch(/^Cannot create Batcher: 'option' must be one of /)
    expect(message).toContain(`, received ${shown}`)
    expect(message.length).toBeLessThan(300)
    for (const [name] of wrongOptions) expect(message).toContain(name)
  })

  it.each<[unknown, string]>([
    [null, 'null'],
    [5, '5'],
    ['maxBatchSize', '"maxBatchSize"'],
    [true, 'true'],
    [[], 'Array of 0'],
    [() => ({}), 'Function of 0'],
    [Symbol('options'), 'Symbol(options)'],
    [new Map([['maxBatchSize', 1]]), 'Map'],
    [new Date(0), 'Date'],
    [Promise.resolve({}), 'Promise'],
  ])('refuses options that are no object of options (%s)', async (options, received) => {
    const error = await failureOf(() => new Batcher(same, options as never))
    expectRefusal(
      error,
      'shape',
      `Cannot create Batcher: 'options' must be an object, received ${received}`,
    )
  })

  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, 'Object'],
    ['same', '"same"'],
    [[same], 'Array of 1'],
    [{ maxBatchSize: 5 }, 'Object'],
  ])('refuses a batch function that is none (%j)', async (batchFunction, received) => {
    const error = await failureOf(() => new Batcher(batchFunction as never))
    expectRefusal(
      error,
      'shape',
      `Cannot create Batcher: 'batchFunction' must be a function, received ${received}`,
    )
  })

  it('takes undefined for the default of every option', async () => {
    const batches = manualBatches<number, number>()
    const options = Object.fromEntries(wrongOptions.map(([option]) => [option, undefined]))
    for (const given of [options, {}, undefined]) {
      const batcher = new Batcher(batches.batchFunction, given)
      expect(batcher).toMatchObject({
        maxBatchSize: 100,
        maxQueueTime: 'adaptive',
        concurrency: 1,
        state: 'open',
        queuedCount: 0,
        activeCount: 0,
      })
      expect(batcher.stats().name).toBeUndefined()
      for (let item = 0; item < 10_000; item += 1) void batcher.process(item)
      expect(batcher.stats()).toMatchObject({ queued: 9900, waiting: 0, refused: 0 })
    }
  })

  it('reads each option once and keeps what it read', () => {
    const reads: string[] = []
    const given: Record<string, unknown> = {}
    for (const [option, value] of [
      ['maxBatchSize', 7],
      ['maxQueueTime', 3],
      ['concurrency', 2],
    ] as const) {
      Object.defineProperty(given, option, {
        enumerable: true,
        get: () => {
          reads.push(option)
          return reads.filter((read) => read === option).length === 1 ? value : 'changed'
        },
      })
    }
    const batcher = new Batcher(same, given)
    expect(batcher).toMatchObject({ maxBatchSize: 7, maxQueueTime: 3, concurrency: 2 })
    expect(reads.sort()).toEqual(['concurrency', 'maxBatchSize', 'maxQueueTime'])
  })

  it('does not share settings with other batchers', () => {
    const first = new Batcher(same)
    const second = new Batcher(same)
    first.maxBatchSize = 1
    first.concurrency = 9
    expect(second).toMatchObject({ maxBatchSize: 100, concurrency: 1 })
    expect(new Batcher(same)).toMatchObject({ maxBatchSize: 100, concurrency: 1 })
  })
})

describe('Batcher setters', () => {
  const settable = new Set<string>(['maxBatchSize', 'maxQueueTime', 'concurrency'])
  const cases = wrongOptions
    .filter(([option]) => settable.has(option))
    .flatMap(([option, allowed, values]) =>
      values.map(([value, kind, received]) => ({ option, allowed, value, kind, received })),
    )
  it.each(cases)(
    'refuse $option: $received, and keep what was',
    async ({ option, allowed, value, kind, received }) => {
      const batcher = new Batcher(same, { maxBatchSize: 7, maxQueueTime: 8, concurrency: 9 })
      const error = await failureOf(() => {
        Object.assign(batcher, { [option]: value })
      })
      const message = `Cannot set ${option}: '${option}' must be ${allowed}, received ${received}`
      expectRefusal(error, kind, message)
      expect(batcher).toMatchObject({ maxBatchSize: 7, maxQueueTime: 8, concurrency: 9 })
    },
  )

  it.each(['state', 'queuedCount', 'activeCount'])('do not exist for %s', async (property) => {
    const batcher = new Batcher(same)
    expect(
      await failureOf(() => {
        Object.assign(batcher, { [property]: 1 })
      }),
    ).toBeInstanceOf(TypeError)
    expect(batcher).toMatchObject({ state: 'open', queuedCount: 0, activeCount: 0 })
  })
})

describe('Batcher.stats()', () => {
  it('tells why the last eight batches left, the latest first', async () => {
    const batcher = new Batcher((items: number[]) => items, { maxBatchSize: 2 })
    expect(batcher.stats().lastReasons).toEqual([])
    await batcher.process(1)
    await batcher.processAll([1, 2])
    batcher.pause()
    const held = batcher.process(1)
    await batcher.flush()
    await held
    const told = batcher.stats().lastReasons
    expect(told).toEqual(['flush', 'size', 'idle'])
    batcher.resume()
    for (let batch = 0; batch < 7; batch += 1) await batcher.process(1)
    expect(batcher.stats().lastReasons).toEqual([...Array<string>(7).fill('idle'), 'flush'])
    expect(told).toHaveLength(3)
  })

  it('is one frozen plain object that survives JSON', async () => {
    const clock = new ManualClock(1000)
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction, { name: 'rows', maxBatchSize: 2, clock })
    for (const item of [1, 2, 3]) observe(batcher.process(item))
    await clock.advance(5)
    const stats = batcher.stats()
    expect(Object.isFrozen(stats)).toBe(true)
    expect(Object.getPrototypeOf(stats)).toBe(Object.prototype)
    expect(JSON.parse(JSON.stringify(stats))).toEqual(stats)
    expect(stats).toEqual({
      name: 'rows',
      state: 'open',
      queued: 1,
      waiting: 0,
      active: 1,
      abandoned: 0,
      oldestAge: 5,
      batches: 1,
      items: 2,
      lastReasons: ['size'],
      totalDuration: 0,
      a: 0,
      b: 0,
      pace: 0,
      fulfilled: 0,
      rejected: 0,
      aborted: 0,
      refused: 0,
    })
    batches.calls[0]?.resolve([1, new Error('bad')])
    await settle()
    expect(stats.queued).toBe(1)
    expect(batcher.stats()).toMatchObject({
      queued: 0,
      oldestAge: 0,
      batches: 2,
      items: 3,
      totalDuration: 5,
      fulfilled: 1,
      rejected: 1,
    })
  })
})

describe('options of Batcher.process()', () => {
  const notOptions: [unknown, string][] = [
    [null, 'null'],
    [5, '5'],
    ['signal', '"signal"'],
    [[], 'Array of 0'],
    [() => ({}), 'Function of 0'],
    [new AbortController().signal, 'AbortSignal'],
  ]
  it.each(notOptions)(
    'reject when they are no object of options (%s)',
    async (options, received) => {
      const batcher = new Batcher(same)
      const message = `'options' must be an object, received ${received}`
      for (const call of [
        batcher.process(1, options as never),
        batcher.processAll([1], options as never),
        batcher.processAll([], options as never),
        batcher.processAllSettled([], options as never),
      ]) {
        const error = await reasonOf(call)
        expect(error).toBeInstanceOf(TypeError)
        expect((error as Error).message).toMatch(/^Cannot process items?: /)
        expect((error as Error).message).toContain(message)
      }
      expect(batcher.queuedCount).toBe(0)
    },
  )

  it('reject when one is unknown, with those that are known', async () => {
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const wrong = { sginal: new AbortController().signal } as never
    for (const call of [
      batcher.process(1, wrong),
      batcher.processAll([1, 2], wrong),
      batcher.processAll([], wrong),
      batcher.processAllSettled(new Set<number>(), wrong),
    ]) {
      expect(await reasonOf(call)).toMatchObject({
        name: 'TypeError',
        code: 'JITNEY_UNKNOWN_OPTION',
        message: expect.stringMatching(
          /^Cannot process items?: 'option' must be one of signal, .*, received "sginal"$/,
        ) as string,
      })
    }
    await settle()
    expect(batches.calls).toHaveLength(0)
  })

  it.each<[unknown, string]>([
    [null, 'null'],
    [true, 'true'],
    ['abort', '"abort"'],
    [{}, 'Object'],
    [{ aborted: false }, 'Object'],
    [new AbortController(), 'AbortController'],
    [new EventTarget(), 'EventTarget'],
    [() => false, 'Function of 0'],
  ])('reject when the signal is none (%s), and nothing is queued', async (signal, received) => {
    const batcher = new Batcher(same)
    const caller = observe(batcher.process(1, { signal: signal as never }))
    expect(batcher.queuedCount).toBe(0)
    await settle()
    expectRefusal(
      caller.reason,
      'shape',
      `Cannot process item: 'signal' must be an AbortSignal, received ${received}`,
    )
  })

  it('take undefined, nothing, and a signal that is undefined', async () => {
    const batcher = new Batcher(same)
    expect(await batcher.process(1, undefined)).toBe(1)
    expect(await batcher.process(2, {})).toBe(2)
    expect(await batcher.process(3, { signal: undefined })).toBe(3)
    expect(await batcher.processAll([4], { signal: undefined })).toEqual([4])
  })

  it('take a signal that is made elsewhere', async () => {
    class OtherSignal extends EventTarget {
      aborted = false
      reason: unknown
      throwIfAborted(): void {}
    }
    const signal = new OtherSignal()
    const batches = manualBatches<number, number>()
    const batcher = new Batcher(batches.batchFunction)
    const caller = observe(batcher.process(1, { signal: signal as unknown as AbortSignal }))
    await settle()
    signal.aborted = true
    signal.reason = 'elsewhere'
    signal.dispatchEvent(new Event('abort'))
    await settle()
    expect(caller).toEqual({ status: 'rejected', reason: 'elsewhere' })
    expect(batches.calls[0]?.context.signal.aborted).toBe(true)
  })
})

describe('items of Batcher.processAll()', () => {
  it.each<[unknown, string]>([
    [undefined, 'undefined'],
    [null, 'null'],
    [5, '5'],
    [{}, 'Object'],
    [{ length: 1, 0: 'a' }, 'Object'],
    [{ [Symbol.iterator]: 1 }, 'Object'],
    [(async function* () {})(), ''],
    [() => [1], 'Function of 0'],
  ])('are refused when they cannot be iterated (%s)', async (items, received) => {
    const batcher = new Batcher(same)
    for (const call of [
      batcher.processAll(items as never),
      batcher.processAllSettled(items as never),
    ]) {
      const error = await reasonOf(call)
      expect(error).toBeInstanceOf(TypeError)
      expect((error as Error).message).toMatch(
        /^Cannot process items: 'items' must be an iterable, received /,
      )
      expect((error as Error).message).toContain(received)
    }
    expect(batcher.queuedCount).toBe(0)
  })

  it('may be anything that can be', async () => {
    const batcher = new Batcher((items: string[]) => items.map((item) => item.toUpperCase()))
    expect(await batcher.processAll('abc')).toEqual(['A', 'B', 'C'])
    expect(await batcher.processAll(new Map([['a', 1]]).keys())).toEqual(['A'])
    expect(
      await batcher.processAll(
        (function* () {
          yield 'x'
        })(),
      ),
    ).toEqual(['X'])
  })
})

describe('options of Batcher.close()', () => {
  it.each<[unknown, string]>([
    [null, "'options' must be an object, received null"],
    [500, "'options' must be an object, received 500"],
    [[500], "'options' must be an object, received Array of 1"],
    [{ timout: 500 }, `'option' must be one of timeout, received "timout"`],
    ...notDurations.map(([value, , received]): [unknown, string] => [
      { timeout: value },
      `'timeout' must be milliseconds of at least 0, received ${received}`,
    ]),
  ])('reject when they are wrong, and the batcher stays open (%#)', async (options, message) => {
    const batcher = new Batcher(same)
    const error = await reasonOf(batcher.close(options as never))
    expect((error as Error).message).toBe(`Cannot close Batcher: ${message}`)
    expect(batcher.state).toBe('open')
    expect(await batcher.process(1)).toBe(1)
  })

  it.each([undefined, {}, { timeout: undefined }, { timeout: 0 }, { timeout: Infinity }])(
    'may be %j',
    async (options) => {
      const batcher = new Batcher(same)
      await batcher.close(options)
      expect(batcher.state).toBe('closed')
    },
  )
})
