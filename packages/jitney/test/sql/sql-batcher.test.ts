import { describe, expect, it } from 'vitest'

import { Room } from '../../src/sql/room.ts'
import { type Draft, sqlBatcher, type Work } from '../../src/sql/sql-batcher.ts'
import type { Verdict } from '../../src/sql/verdict.ts'

/** What a statement fails with. */
class Failure extends Error {
  readonly verdict: Verdict
  constructor(verdict: Verdict) {
    super(`to ${verdict.action}`)
    this.verdict = verdict
  }
}

interface Script {
  readonly most?: number
  readonly idempotent?: boolean
  readonly prepare?: () => Promise<void>
  /** Throws where a statement of these items fails. */
  readonly check?: (items: readonly number[], statement: number) => void
}

/** A database that stores numbers; -1 cannot be written. */
function database({ most = Infinity, idempotent = false, prepare, check }: Script) {
  const statements: number[][] = []
  const work: Work<number, number> = {
    action: 'store row',
    retry: { attempts: 3, minDelay: 0, maxDelay: 0 },
    idempotent,
    prepare,
    draft(): Draft<number, number> {
      const room = new Room('store row', Infinity, most)
      const items: number[] = []
      return {
        add(item) {
          if (item === -1) throw new TypeError('no number')
          if (!room.take(item)) return false
          items.push(item)
          return true
        },
        send() {
          statements.push(items)
          check?.(items, statements.length)
          return items.map((item) => item * 10)
        },
      }
    },
    verdictOn: (error) => (error as Failure).verdict,
  }
  return { statements, batcher: sqlBatcher(work, {}) }
}

function told(settled: readonly PromiseSettledResult<number>[]): unknown[] {
  return settled.map((one) =>
    one.status === 'fulfilled'
      ? one.value
      : ((one.reason as { code?: unknown }).code ?? one.reason),
  )
}

describe('sqlBatcher()', () => {
  it('does a batch in one statement', async () => {
    const { batcher, statements } = database({})
    expect(await batcher.processAll([1, 2, 3])).toEqual([10, 20, 30])
    expect(statements).toEqual([[1, 2, 3]])
  })

  it('cuts where a statement would be too large, in order', async () => {
    const { batcher, statements } = database({ most: 10 })
    expect(await batcher.processAll([4, 6, 1, 9, 10, 3])).toEqual([40, 60, 10, 90, 100, 30])
    expect(statements).toEqual([[4, 6], [1, 9], [10], [3]])
  })

  it('refuses alone what no statement can carry, and what cannot be written', async () => {
    const { batcher, statements } = database({ most: 10 })
    const settled = await batcher.processAllSettled([-1, 4, 11, -1, 6, -1])
    expect(told(settled)).toEqual([
      new TypeError('no number'),
      40,
      'JITNEY_OUT_OF_RANGE',
      new TypeError('no number'),
      60,
      new TypeError('no number'),
    ])
    expect(statements).toEqual([[4, 6]])
  })

  it('sends nothing where nothing can be sent', async () => {
    const { batcher, statements } = database({})
    await batcher.processAllSettled([-1, -1])
    expect(statements).toEqual([])
  })

  it('finds the bad one in halves, in order, and does no other twice', async () => {
    const { batcher, statements } = database({
      check: (items) => {
        if (items.includes(3)) throw new Failure({ action: 'split', isDone: 'no', state: '23505' })
      },
    })
    const settled = await batcher.processAllSettled([1, 2, 3, 4, 5])
    expect(told(settled)).toEqual([10, 20, 'JITNEY_SQL_FAILED', 40, 50])
    expect(settled[2]).toMatchObject({ reason: { state: '23505', isOutcomeKnown: true } })
    expect(statements).toEqual([[1, 2, 3, 4, 5], [1, 2, 3], [1, 2], [3], [4, 5]])
  })

  it('sends again what had no luck, as often as it may, and not what was done', async () => {
    const { batcher, statements } = database({
      most: 3,
      check: (items) => {
        if (items.includes(3)) throw new Failure({ action: 'retry', isDone: 'no', state: '40P01' })
      },
    })
    const settled = await batcher.processAllSettled([1, 2, 3])
    expect(told(settled)).toEqual([10, 20, 'JITNEY_SQL_FAILED'])
    expect(statements).toEqual([[1, 2], [3], [3], [3]])
  })

  it.each([
    { idempotent: false, expected: 'JITNEY_SQL_OUTCOME_UNKNOWN', times: 1 },
    { idempotent: true, expected: 10, times: 2 },
  ])(
    'sends again what may have been done only if that is harmless: $idempotent',
    async ({ idempotent, expected, times }) => {
      const { batcher, statements } = database({
        idempotent,
        check: (_items, statement) => {
          if (statement === 1) throw new Failure({ action: 'retry', isDone: 'maybe' })
        },
      })
      expect(told(await batcher.processAllSettled([1]))).toEqual([expected])
      expect(statements).toHaveLength(times)
    },
  )

  it('gives each caller an error of its own', async () => {
    const { batcher } = database({
      check: () => {
        throw new Failure({ action: 'fail', isDone: 'no', state: '42P01' })
      },
    })
    const [one, other] = (await batcher.processAllSettled([1, 2])) as PromiseRejectedResult[]
    expect(one!.reason).not.toBe(other!.reason)
    expect((one!.reason as Error).cause).toBe((other!.reason as Error).cause)
  })

  it('fails all where it cannot ask what the table looks like, and sends nothing', async () => {
    const { batcher, statements } = database({
      prepare: () => Promise.reject(new Failure({ action: 'fail', isDone: 'maybe' })),
    })
    expect(told(await batcher.processAllSettled([1, 2]))).toEqual([
      'JITNEY_SQL_FAILED',
      'JITNEY_SQL_FAILED',
    ])
    expect(statements).toEqual([])
  })
})
