/** `jitney/dataloader` against the package `dataloader`: the same programs, job by job. */
import Original from 'dataloader'
import fc from 'fast-check'
import { DataLoader } from 'jitney/dataloader'
import { describe, expect, it } from 'vitest'

import { runs } from '../../model/runs.ts'
import { anyProgram } from './program.ts'
import { runProgram } from './run-program.ts'

describe('jitney/dataloader, whatever a program does', () => {
  it('does what DataLoader does, in the same promise jobs and with the same words', async () => {
    await fc.assert(
      fc.asyncProperty(anyProgram, async (program) => {
        const expected = await runProgram(Original, program)
        expect(await runProgram(DataLoader, program)).toEqual(expected)
      }),
      runs(2000),
    )
  }, 600_000)
})

describe('jitney/dataloader, whatever it is given', () => {
  const anything = fc.oneof(
    fc.anything({
      withBigInt: true,
      withDate: true,
      withNullPrototype: true,
      withSparseArray: true,
    }),
    fc.constantFrom<unknown[]>(
      Symbol('s'),
      () => undefined,
      new Map(),
      { valueOf: () => 7 },
      { get: 1, set: () => undefined },
      { length: 2 },
      { 0: 1, 1: 2, length: 2 },
      'text',
      new Uint8Array(2),
    ),
  )
  const options = fc.oneof(
    fc.record(
      {
        batch: anything,
        maxBatchSize: fc.oneof(fc.double(), anything),
        batchScheduleFn: anything,
        cache: anything,
        cacheKeyFn: anything,
        cacheMap: anything,
        name: anything,
      },
      { requiredKeys: [] },
    ),
    anything,
  )

  it('takes or refuses options as DataLoader does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant(answer), anything), options, (batchLoadFn, given) => {
        const outcomeOf = (Class: typeof Original): unknown =>
          attempt(() => [new Class(batchLoadFn as typeof answer, given as object).name])
        expect(outcomeOf(DataLoader)).toEqual(outcomeOf(Original))
      }),
      runs(3000),
    )
  })

  it('takes or refuses keys as DataLoader does', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom<Method[]>('load', 'loadMany'), (given, method) => {
        const outcomeOf = (Class: typeof Original): unknown => {
          const loader = new Class<unknown, unknown>(answer)
          return attempt(() => {
            loader[method](given as never).catch(() => undefined)
            return []
          })
        }
        expect(outcomeOf(DataLoader)).toEqual(outcomeOf(Original))
      }),
      runs(3000),
    )
  })
})

type Method = 'load' | 'loadMany'

function answer(keys: readonly unknown[]): Promise<unknown[]> {
  return Promise.resolve([...keys])
}

function attempt(call: () => unknown[]): unknown {
  try {
    return call()
  } catch (error) {
    const { name, message, constructor } = error as Error
    return { name, message, constructor }
  }
}
