/** What programs lean on beside batches: types, tools that look inside, contexts, memory. */
import { AsyncLocalStorage } from 'node:async_hooks'

import Original from 'dataloader'
import DefaultLoader, { type BatchLoadFn, DataLoader, type Options } from 'jitney/dataloader'
import { settle } from 'jitney/testing'
import { describe, expect, expectTypeOf, it } from 'vitest'

import { namesInMemory } from '../../support/memory.ts'

const double = async (keys: readonly number[]): Promise<number[]> => keys.map((key) => key * 2)

describe('the types of a DataLoader', () => {
  it('are those of the package: each can be handed over as the other', () => {
    const ours = new DataLoader(double)
    const theirs = new Original(double)
    expectTypeOf(ours).toExtend<Original<number, number>>()
    expectTypeOf(theirs).toExtend<DataLoader<number, number>>()
    expectTypeOf<Original.Options<string, number, symbol>>().toExtend<
      Options<string, number, symbol>
    >()
    expectTypeOf<BatchLoadFn<string, number>>().toEqualTypeOf<
      Original.BatchLoadFn<string, number>
    >()
    expectTypeOf(ours.loadMany([1])).resolves.toEqualTypeOf<(number | Error)[]>()
    expect(DefaultLoader).toBe(DataLoader)
  })

  it('are found where the package has them', async () => {
    const load: DefaultLoader.BatchLoadFn<string, number> = async (keys) =>
      keys.map((key) => key.length)
    const cacheMap: DefaultLoader.CacheMap<number, Promise<number>> = new Map()
    const options: DefaultLoader.Options<string, number, number> = {
      cacheMap,
      cacheKeyFn: (key) => key.length,
    }
    const lengths: DefaultLoader<string, number, number> = new DefaultLoader(load, options)
    expect(await Promise.all([lengths.load('abc'), lengths.load('xyz')])).toEqual([3, 3])
    expect(await cacheMap.get(3)).toBe(3)
  })
})

describe('a DataLoader', () => {
  it('works behind a proxy', async () => {
    const loader = new Proxy(new DataLoader(double), {})
    expect(await Promise.all([loader.load(1), loader.prime(2, 5).load(2)])).toEqual([2, 5])
  })

  it('lets a class that extends it say how keys are loaded and cleared', async () => {
    const calls: string[] = []
    class Watched extends DataLoader<number, number> {
      override load(key: number): Promise<number> {
        calls.push(`load ${key}`)
        return super.load(key)
      }

      override clear(key: number): this {
        calls.push(`clear ${key}`)
        return super.clear(key)
      }
    }
    const loader = new Watched(() => Promise.reject(new Error('down')))
    expect(await loader.loadMany([1, 2])).toEqual([new Error('down'), new Error('down')])
    expect(calls).toEqual(['load 1', 'load 2', 'clear 1', 'clear 2'])
  })

  it('calls the batch function that tools put in the place of its own', async () => {
    const loader = new DataLoader(double)
    Object.assign(loader, {
      _batchLoadFn: async (keys: readonly number[]) => keys.map((key) => key * 3),
    })
    expect(await loader.load(2)).toBe(6)
    expect(Object.keys(loader).toSorted()).toEqual(Object.keys(new Original(double)).toSorted())
  })

  it('runs a batch in the context of the first load in it, and resumes each caller in its own', async () => {
    const store = new AsyncLocalStorage<string>()
    const seen: (string | undefined)[] = []
    const loader = new DataLoader(async (keys: readonly number[]) => {
      seen.push(store.getStore())
      return keys
    })
    const load = async (key: number): Promise<void> => {
      await loader.load(key)
      seen.push(store.getStore())
    }
    await Promise.all([store.run('first', () => load(1)), store.run('second', () => load(2))])
    expect(seen).toEqual(['first', 'first', 'second'])
  })

  it('loads what is in its batch if the cache refuses to keep it', async () => {
    const batches: (readonly number[])[] = []
    const cacheMap = Object.assign(new Map<number, Promise<number>>(), {
      set: () => {
        throw new RangeError('full')
      },
    })
    const loader = new DataLoader<number, number>(
      (keys) => {
        batches.push(keys)
        return double(keys)
      },
      { cacheMap },
    )
    expect(() => loader.load(1)).toThrow('full')
    await settle()
    expect(batches).toEqual([[1]])
  })

  it('has codes on its errors, which do not show when they are compared or printed', async () => {
    const loader = new DataLoader<number, number>(() => Promise.resolve([]))
    const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code
    const wrong = await loader.load(1).catch((error: unknown) => error)
    expect(codeOf(wrong)).toBe('JITNEY_WRONG_RESULT')
    expect(Object.keys(wrong as object)).toEqual([])
    let thrown: unknown
    try {
      void loader.load(null as never)
    } catch (error) {
      thrown = error
    }
    expect(codeOf(thrown)).toBe('JITNEY_WRONG_TYPE')
  })

  it('holds no value, error or key once nobody holds the loader', async () => {
    const references: Record<string, WeakRef<object>> = {}
    const watch = <Value extends object>(name: string, value: Value): Value => {
      references[name] = new WeakRef(value)
      return value
    }
    await (async () => {
      const loader = watch(
        'loader',
        new DataLoader<object, object>(async () => [
          watch('value', {}),
          watch('error', new Error('none')),
        ]),
      )
      const loads = [loader.load(watch('key', {})), loader.load({})]
      await Promise.allSettled(loads)
    })()
    expect(await namesInMemory(references)).toEqual([])
  })
})
