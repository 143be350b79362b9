import { describe, expect, it } from 'vitest'

import { type BatchContext, Batcher, outcome } from '../src/index.ts'
import { conformance, ConformanceError, type ConformanceSubject } from '../src/testing/index.ts'

type Work = (items: number[], context: BatchContext) => unknown

const slow = -4
const oversize = -3
const unprocessed = -5
const absent = -2
const failing = -1

const square = (n: number): unknown => {
  if (n === failing) return new Error('fails')
  if (n === oversize) return outcome.error(new RangeError('too large'))
  return n === absent ? undefined : n * n
}

/** A server in this process, which can go away. */
function subjectOf(
  change: (work: Work) => Work = (work) => work,
): ConformanceSubject<number, number | undefined> {
  const start = (): ReturnType<ConformanceSubject<number, number | undefined>['start']> => {
    let isGone = false
    let asked = false
    const work: Work = (items, { signal }) => {
      if (isGone) throw new Error('connection refused')
      const isFirst = items.includes(unprocessed) && !asked
      asked ||= isFirst
      if (!items.includes(slow)) {
        return items.map((n) => (n === unprocessed && isFirst ? outcome.retry() : square(n)))
      }
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('stopped'))
        })
      })
    }
    const processor = new Batcher<number, number | undefined>(change(work) as never)
    return {
      processor,
      stopServer: () => {
        isGone = true
      },
      startServer: () => {
        isGone = false
      },
      end: () => {
        processor.abort()
      },
    }
  }
  return {
    start,
    item: (n) => n,
    result: (n) => n * n,
    failingItem: failing,
    oversizeItem: oversize,
    missing: { item: absent, result: undefined },
    unprocessed: { item: unprocessed, result: 25 },
    shuffled: start,
    outage: 'fails',
    slowItem: slow,
  }
}

async function failuresOf(
  subject: ConformanceSubject<number, number | undefined>,
): Promise<string[]> {
  const failures: string[] = []
  for (const { name, run } of conformance(subject)) {
    await run().catch((error: unknown) => {
      failures.push(error instanceof ConformanceError ? name : `${name}: ${String(error)}`)
    })
  }
  return failures
}

describe('conformance()', () => {
  it('passes what conforms', async () => {
    expect(await failuresOf(subjectOf())).toEqual([])
  })

  it('has a case for each guarantee, and leaves out what is not applicable', () => {
    expect(conformance(subjectOf()).map(({ name }) => name)).toEqual([
      'gives each caller the result of its own item',
      'works on a single item',
      'serves equal items of one batch alike',
      'takes a stream of items, in order',
      'fails a bad item alone, and serves the others',
      'refuses an item that is too large alone, and serves the others',
      'tells of an item without an answer',
      'asks again for an item that was left undone',
      'matches answers that come in another order',
      'rejects while the server is gone, and works once it is back',
      'rejects only the caller that aborted',
      'refuses a call whose signal has aborted',
      'serves what it has before it closes',
      'goes on after a running batch was aborted',
      'settles its callers when closing takes too long',
    ])
    const none = 'not applicable'
    const least = {
      failingItem: none,
      oversizeItem: none,
      missing: none,
      unprocessed: none,
      shuffled: none,
    } as const
    const cases = conformance({ ...subjectOf(), ...least, outage: none, slowItem: none })
    expect(cases).toHaveLength(7)
  })

  it.each<[string, (work: Work) => Work, string]>([
    [
      'mixes results up',
      (work) => async (items, context) => ((await work(items, context)) as unknown[]).toReversed(),
      'gives each caller the result of its own item',
    ],
    [
      'loses duplicates',
      (work) => async (items, context) => {
        const results = (await work(items, context)) as unknown[]
        return results.map((result, index) => (items.indexOf(items[index]!) === index ? result : 0))
      },
      'serves equal items of one batch alike',
    ],
    [
      'fails the batch for one bad item',
      (work) => (items, context) => {
        if (items.includes(failing)) throw new Error('a bad item')
        return work(items, context)
      },
      'fails a bad item alone, and serves the others',
    ],
    [
      'takes a failure for a success',
      () => (items) => items.map((n) => (n === failing ? 1 : square(n))),
      'fails a bad item alone, and serves the others',
    ],
    [
      'takes an item that is too large',
      () => (items) => items.map((n) => (n === oversize ? 9 : square(n))),
      'refuses an item that is too large alone, and serves the others',
    ],
    [
      'answers for what is missing',
      () => (items) => items.map((n) => (n === absent ? 0 : square(n))),
      'tells of an item without an answer',
    ],
    [
      'takes what is undone for done',
      (work) => async (items, context) =>
        items.includes(unprocessed)
          ? items.map((n) => (n === unprocessed ? undefined : square(n)))
          : work(items, context),
      'asks again for an item that was left undone',
    ],
    [
      'gives what is undone up',
      (work) => async (items, context) =>
        items.includes(unprocessed)
          ? items.map((n) => (n === unprocessed ? new Error('throttled') : square(n)))
          : work(items, context),
      'asks again for an item that was left undone',
    ],
    [
      'hides that the server is gone',
      (work) => async (items, context) => {
        try {
          return await work(items, context)
        } catch {
          return items.map(() => 0)
        }
      },
      'rejects while the server is gone, and works once it is back',
    ],
    [
      'does not come back after an outage',
      (work) => {
        let lost: Error | undefined
        return async (items, context) => {
          if (lost !== undefined) throw lost
          try {
            return await work(items, context)
          } catch (error) {
            lost = error as Error
            throw error
          }
        }
      },
      'rejects while the server is gone, and works once it is back',
    ],
  ])('finds a subject that %s', async (_what, change, name) => {
    expect(await failuresOf(subjectOf(change))).toContain(name)
  })

  it('compares what the view shows of results', async () => {
    let answers = 0
    const none = 'not applicable'
    const subject: ConformanceSubject<number, { square: number; at: number }, unknown> = {
      ...subjectOf(),
      oversizeItem: none,
      missing: none,
      unprocessed: none,
      shuffled: none,
      outage: none,
      slowItem: none,
      start: () => {
        const processor = new Batcher((numbers: number[]) =>
          numbers.map((n) =>
            n === failing ? new Error('fails') : { square: n * n, at: (answers += 1) },
          ),
        )
        return { processor, end: () => processor.abort() }
      },
      view: (result) => result.square,
    }
    for (const { run } of conformance(subject)) await expect(run()).resolves.toBe(undefined)
    const [first] = conformance({ ...subject, view: undefined })
    await expect(first?.run()).rejects.toThrow(ConformanceError)
    expect(() => conformance({ ...subject, view: 3 as never })).toThrow(
      "'subject.view' must be a function, received 3",
    )
  })

  it('ends what was started when a case fails', async () => {
    let ended = 0
    const { start, ...rest } = subjectOf()
    const [first] = conformance({
      ...rest,
      result: () => NaN,
      start: async () => ({
        ...(await start()),
        end: () => {
          ended += 1
        },
      }),
    })
    await expect(first?.run()).rejects.toThrow('Expected the results, in the order of the items')
    expect(ended).toBe(1)
  })

  it.each([
    [{ ...subjectOf(), start: 3 }, "'subject.start' must be a function, received 3"],
    [{ ...subjectOf(), extra: 3 }, "'option' must be one of start, item"],
    [undefined, "'subject' must be an object, received undefined"],
  ])('refuses a wrong subject', (subject, message) => {
    expect(() => conformance(subject as never)).toThrow(message)
  })

  it('refuses a subject that does not say whether a case applies', () => {
    const { outage: _outage, ...rest } = subjectOf()
    expect(() => conformance(rest as never)).toThrow(
      "'subject.outage' must be given, or 'not applicable'",
    )
  })
})
