import { Batcher, type BatcherOptions } from 'jitney'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'
import { observe, processEach, reasonOf } from '../support/observe.ts'

type Wrong = [value: unknown, received: string]
type Place = [weight: unknown, name: string]

const same = (items: number[]) => items
const of = () => 1

const notNumbers: Wrong[] = [
  ['3', '"3"'],
  ['', '""'],
  [true, 'true'],
  [null, 'null'],
  [3n, '3n'],
  [Symbol('three'), 'Symbol(three)'],
  [{ valueOf: () => 3 }, 'Object'],
  [[3], 'Array of 1'],
  [Object(3), 'Number'],
]
const notFunctions: Wrong[] = [
  [null, 'null'],
  [1, '1'],
  ['length', '"length"'],
  [{}, 'Object'],
  [[of], 'Array of 1'],
]
const notAmounts: Wrong[] = [
  [0, '0'],
  [-0, '0'],
  [-1, '-1'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Infinity'],
]

function creating(options: object): unknown {
  try {
    return new Batcher(same, options)
  } catch (error) {
    return error
  }
}

describe('the option weight', () => {
  it.each<Wrong>([
    [null, 'null'],
    [10, '10'],
    ['length', '"length"'],
    [of, 'Function of 0'],
    [new Map([['max', 1]]), 'Map'],
  ])('is refused when it is no object (%s)', (weight, received) => {
    const cases: Place[] = [
      [weight, 'weight'],
      [[{ of, max: 1 }, weight], 'weight'],
    ]
    for (const [given, name] of cases) {
      const error = creating({ weight: given })
      expect(error).toBeInstanceOf(TypeError)
      expect(error).toMatchObject({
        code: 'JITNEY_WRONG_TYPE',
        message: expect.stringMatching(/^Cannot create Batcher: /) as string,
      })
      const { message } = error as Error
      expect(message).toContain(`'${name}' must be an object`)
      expect(message.endsWith(`, received ${received}`)).toBe(true)
    }
  })

  it.each<[string, unknown[], string]>([
    ['a list', [[{ of, max: 1 }]], 'Array of 1'],
    ['a hole', Array(1), 'undefined'],
  ])('is refused when its list has %s in it', (_, weight, received) => {
    const error = creating({ weight })
    expect(error).toBeInstanceOf(TypeError)
    const { message } = error as Error
    expect(message).toMatch(/^Cannot create Batcher: 'weight(\.of)?' must be /)
    expect(message.endsWith(`, received ${received}`)).toBe(true)
  })

  it.each([[undefined, 'undefined'] as Wrong, ...notFunctions])(
    'is refused when its `of` is no function (%s)',
    (wrong, received) => {
      const cases: Place[] = [
        [{ of: wrong, max: 1 }, 'weight.of'],
        [
          [
            { of, max: 1 },
            { of: wrong, max: 1 },
          ],
          'weight.of',
        ],
      ]
      for (const [weight, name] of cases) {
        expect(creating({ weight })).toMatchObject({
          name: 'TypeError',
          code: 'JITNEY_WRONG_TYPE',
          message: `Cannot create Batcher: '${name}' must be a function, received ${received}`,
        })
      }
    },
  )

  it.each([
    ...[[undefined, 'undefined'] as Wrong, ...notNumbers].map((wrong) => [...wrong, 'TypeError']),
    ...notAmounts.map((wrong) => [...wrong, 'RangeError']),
  ])('is refused when its `max` is no number above 0 (%s)', (max, received, name) => {
    const cases: Place[] = [
      [{ of, max }, 'weight.max'],
      [
        [
          { of, max: 1 },
          { of, max },
        ],
        'weight.max',
      ],
    ]
    for (const [weight, path] of cases) {
      const error = creating({ weight })
      expect(error).toMatchObject({
        name,
        code: name === 'TypeError' ? 'JITNEY_WRONG_TYPE' : 'JITNEY_OUT_OF_RANGE',
      })
      const { message } = error as Error
      expect(message.startsWith(`Cannot create Batcher: '${path}' must be a`)).toBe(true)
      expect(message).toContain('number above 0')
      expect(message.endsWith(`, received ${String(received)}`)).toBe(true)
    }
  })

  it('is refused with a name inside that is unknown, and those that are known', () => {
    for (const weight of [
      { of, max: 1, maximum: 1 },
      [
        { of, max: 1 },
        { of, maximum: 1 },
      ],
    ]) {
      const error = creating({ weight })
      expect(error).toMatchObject({ name: 'TypeError', code: 'JITNEY_UNKNOWN_OPTION' })
      expect((error as Error).message).toMatch(
        /^Cannot create Batcher: 'option' must be one of of, max, received "maximum"$/,
      )
    }
  })

  it.each<[string, BatcherOptions<number>]>([
    ['a fraction for its maximum', { weight: { of, max: 1.5 } }],
    ['the largest number for it', { weight: { of, max: Number.MAX_VALUE } }],
    ['frozen objects', { weight: Object.freeze([Object.freeze({ of, max: 1 })]) }],
    ['objects without a prototype', { weight: Object.assign(Object.create(null), { of, max: 1 }) }],
    ['undefined for none', { weight: undefined, batchKey: undefined }],
  ])('may have %s', async (_, options) => {
    const batcher = new Batcher(same, options)
    expect(await batcher.process(3)).toBe(3)
  })

  it('is read once: what changes in it later does not count', async () => {
    const batches = manualBatches<number, number>()
    const first = { of: (item: number) => item, max: 10 }
    const list = [first]
    let reads = 0
    const counted = Object.defineProperty({ of }, 'max', {
      enumerable: true,
      get: () => {
        reads += 1
        return 100
      },
    }) as { of: () => number; max: number }
    list.push(counted)
    const batcher = new Batcher(batches.batchFunction, { weight: list, maxQueueTime: Infinity })
    first.max = 1
    first.of = () => 0
    list.push({ of, max: 1 })
    expect(reads).toBe(1)
    processEach(batcher, [4, 5])
    await settle()
    expect(batches.calls).toHaveLength(0)
    processEach(batcher, [1])
    await settle()
    expect(batches.items).toEqual([[4, 5, 1]])
    expect(reads).toBe(1)
  })
})

describe('the option batchKey', () => {
  it.each(notFunctions)('is refused when it is no function (%s)', (batchKey, received) => {
    expect(creating({ batchKey })).toMatchObject({
      name: 'TypeError',
      code: 'JITNEY_WRONG_TYPE',
      message: `Cannot create Batcher: 'batchKey' must be a function, received ${received}`,
    })
  })
})

describe('an unknown option', () => {
  it.each(['weights', 'batchkey', 'key', 'priority', 'of', 'max'])(
    'is refused with those that are known: %s',
    (name) => {
      const error = creating({ [name]: () => 1 })
      expect(error).toMatchObject({ name: 'TypeError', code: 'JITNEY_UNKNOWN_OPTION' })
      const { message } = error as Error
      expect(message).toMatch(
        /^Cannot create Batcher: 'option' must be one of .*\bweight\b.*\bbatchKey\b/,
      )
      expect(message.endsWith(`, received "${name}"`)).toBe(true)
    },
  )

  it('of process() is refused with those that are known', async () => {
    const batcher = new Batcher(same)
    for (const call of [
      batcher.process(1, { prio: 1 } as never),
      batcher.process(1, { prio: 1, priority: 1 } as never),
      batcher.processAll([], { prio: 1 } as never),
      batcher.processAllSettled([], { prio: 1 } as never),
    ]) {
      const { message } = (await reasonOf(call)) as Error
      expect(message).toMatch(
        /^Cannot process items?: 'option' must be one of signal, priority, received "prio"$/,
      )
    }
  })
})

describe('what weight.of gives', () => {
  it.each([
    ...[[undefined, 'undefined'] as Wrong, ...notNumbers].map((wrong) => [...wrong, 'TypeError']),
    [Promise.resolve(1), 'Promise', 'TypeError'],
    [Number.NaN, 'NaN', 'RangeError'],
    [-1, '-1', 'RangeError'],
    [-0.1, '-0.1', 'RangeError'],
    [Infinity, 'Infinity', 'RangeError'],
    [-Infinity, '-Infinity', 'RangeError'],
    [10.5, '10.5', 'RangeError'],
  ])('is refused, for that item alone: %s', async (value, received, name) => {
    const batcher = new Batcher(same, {
      weight: { of: (item) => (item === 1 ? (value as number) : 1), max: 10 },
    })
    const mates = [observe(batcher.process(0)), observe(batcher.process(2))]
    const error = await reasonOf(batcher.process(1))
    expect(error).toMatchObject({
      name,
      code: name === 'TypeError' ? 'JITNEY_WRONG_TYPE' : 'JITNEY_OUT_OF_RANGE',
    })
    const { message } = error as Error
    expect(message.startsWith("Cannot process item: 'weight' must be ")).toBe(true)
    expect(message.endsWith(`, received ${String(received)}`)).toBe(true)
    await settle()
    expect(mates.map((mate) => mate.value)).toEqual([0, 2])
  })
})

describe('the priority of process()', () => {
  it.each([
    ...notNumbers.map((wrong) => [...wrong, 'TypeError']),
    [Number.NaN, 'NaN', 'RangeError'],
    [Infinity, 'Infinity', 'RangeError'],
    [-Infinity, '-Infinity', 'RangeError'],
  ])('is refused, and nothing is queued: %s', async (priority, received, name) => {
    const batcher = new Batcher(same)
    const options = { priority } as never
    for (const call of [batcher.process(1, options), batcher.processAll([1, 2], options)]) {
      const error = await reasonOf(call)
      expect(error).toMatchObject({
        name,
        code: name === 'TypeError' ? 'JITNEY_WRONG_TYPE' : 'JITNEY_OUT_OF_RANGE',
        message: expect.stringMatching(/^Cannot process items?: /) as string,
      })
      expect((error as Error).message).toContain(
        `'priority' must be a finite number, received ${String(received)}`,
      )
    }
    expect(batcher.queuedCount).toBe(0)
  })

  it('may be undefined', async () => {
    const batcher = new Batcher(same)
    expect(await batcher.process(1, { priority: undefined, signal: undefined })).toBe(1)
  })
})
