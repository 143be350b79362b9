import { outcome } from 'jitney'
import { RemoteError, type Transport, type TransportWorker } from 'jitney/remote'
import { deferred, manualBatches, settle } from 'jitney/testing'
import { describe, expect, it, vi } from 'vitest'

import { errorOf, lease, newScene, squares } from './scene.ts'

/** A worker's link that dies when it is told to: the queue hears nothing more of it. */
function mortal(transport: Transport): { transport: Transport; kill(): void } {
  let isDead = false
  const silence = new Promise<never>(() => {})
  const kept = <Method extends (...values: never[]) => Promise<unknown>>(method: Method): Method =>
    ((...values) => (isDead ? silence : method(...values))) as Method
  return {
    kill: () => {
      isDead = true
    },
    transport: {
      ...transport,
      worker: (queue, name, options) => {
        const link = transport.worker(queue, name, options)
        const methods = Object.entries(link).map(([method, call]) => [method, kept(call as never)])
        return Object.fromEntries(methods) as TransportWorker
      },
    },
  }
}

describe('BatchWorker', () => {
  it('forms batches by itself, of what single items the queue hands out', async () => {
    const { client, worker } = newScene()
    const batches = manualBatches<number, number>()
    worker(batches.batchFunction, { maxBatchSize: 3 })
    const results = client().processAll([1, 2, 3, 4, 5])
    await settle()
    expect(batches.items).toEqual([[1, 2, 3]])
    batches.calls[0]?.resolve([1, 4, 9])
    await settle()
    expect(batches.items).toEqual([
      [1, 2, 3],
      [4, 5],
    ])
    batches.calls[1]?.resolve([16, 25])
    expect(await results).toEqual([1, 4, 9, 16, 25])
  })

  it('holds no more than its credit', async () => {
    const { client, worker, transport } = newScene()
    const batches = manualBatches<number, number>()
    const one = worker(batches.batchFunction, { maxBatchSize: 2, concurrency: 2 })
    void client().processAllSettled(Array.from({ length: 20 }, (_, n) => n))
    await settle()
    expect(one.stats()).toMatchObject({ held: 6, active: 2 })
    const admin = transport.admin('numbers')
    expect(await admin.stats()).toMatchObject({ active: 6, queued: 14 })
    batches.calls[0]?.resolve([0, 1])
    await settle()
    expect(await admin.stats()).toMatchObject({ active: 6, queued: 12 })
  })

  it('claims what makes whole batches of what waits, so that small ones do not come again', async () => {
    const { client, worker, transport } = newScene()
    const batches = manualBatches<number, number>()
    const one = worker(batches.batchFunction, { maxBatchSize: 10, maxQueueTime: 0 })
    const admin = transport.admin('numbers')
    const batcher = client()
    void batcher.processAllSettled([1, 2, 3, 4])
    await settle()
    expect(one.stats()).toMatchObject({ held: 4, active: 1 })
    void batcher.processAllSettled(Array.from({ length: 30 }, (_, n) => n))
    await settle()
    // Of 16 for which there is room.
    expect(one.stats()).toMatchObject({ held: 14 })
    batches.calls[0]?.resolve([1, 2, 3, 4])
    await settle()
    expect(batches.items.map(({ length }) => length)).toEqual([4, 10])
    expect(one.stats()).toMatchObject({ held: 20 })
    expect(await admin.stats()).toMatchObject({ queued: 10 })
  })

  it('completes a batch that waits for a slot with what comes meanwhile', async () => {
    const { client, worker } = newScene()
    const batches = manualBatches<number, number>()
    worker(batches.batchFunction, { maxBatchSize: 10, maxQueueTime: 0 })
    const batcher = client()
    void batcher.processAllSettled(Array.from({ length: 11 }, (_, n) => n))
    await settle()
    void batcher.processAllSettled(Array.from({ length: 12 }, (_, n) => n))
    await settle()
    batches.calls[0]?.resolve(Array.from({ length: 10 }, () => 1))
    await settle()
    expect(batches.items.map(({ length }) => length)).toEqual([10, 10])
  })

  it('tells the batch function ids that stay the same, and attempts that count', async () => {
    const { client, worker, clock } = newScene()
    const seen: [string, number][] = []
    worker((numbers, { entries }) =>
      numbers.map((n, index) => {
        const { id, attempt } = entries[index]!
        seen.push([id, attempt])
        return attempt < 3 ? outcome.retry({ after: 1000 }) : n
      }),
    )
    const result = client().process(7)
    await clock.advance(10_000)
    expect(await result).toBe(7)
    expect(new Set(seen.map(([id]) => id)).size).toBe(1)
    expect(seen.map(([, attempt]) => attempt)).toEqual([1, 2, 3])
  })

  it('takes promises, outcomes and nothing at all as results', async () => {
    const { client, worker } = newScene()
    const batcher = client()
    const one = worker((numbers) => [
      Promise.resolve(outcome.value(new Error('a value'))),
      outcome.error('bad'),
      Promise.reject(new Error('rejected')),
      ...numbers.slice(3),
    ])
    const settled = await batcher.processAllSettled([1, 2, 3, 4])
    expect(settled).toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected', reason: 'bad' },
      { status: 'rejected', reason: { message: 'rejected' } },
      { status: 'fulfilled', value: 4 },
    ])
    await one.close()
    worker(() => {})
    expect(await batcher.process(1)).toBeUndefined()
  })

  it('gives an error for results that do not fit, and tries nothing again', async () => {
    const { client, worker } = newScene()
    const batches = vi.fn<() => number[]>(() => [1])
    worker(batches)
    const settled = await client().processAllSettled([1, 2])
    for (const { reason } of settled as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({
        code: 'JITNEY_BATCH_FAILED',
        cause: { code: 'JITNEY_WRONG_RESULT' },
      })
    }
    expect(batches).toHaveBeenCalledOnce()
  })

  it('gives an error for a result that cannot be sent', async () => {
    const { client, worker } = newScene()
    worker((numbers) => numbers.map((n) => (n === 1 ? 1n : 'x'.repeat(200))), {
      maxResultBytes: 100,
    })
    const [one, two] = await client().processAllSettled([1, 2])
    expect(one).toMatchObject({ reason: { name: 'TypeError' } })
    expect(two).toMatchObject({ reason: { code: 'JITNEY_OUT_OF_RANGE' } })
  })
})

describe('a batch that fails', () => {
  it('is split until the item that spoils it is alone, and that one becomes a dead letter', async () => {
    const { client, worker, transport, clock } = newScene()
    worker((numbers) => {
      if (numbers.includes(13)) throw new Error('unlucky')
      return squares(numbers)
    })
    const batcher = client()
    const others = batcher.processAll([1, 2, 3, 4, 5, 6, 7])
    const bad = errorOf(batcher.process(13))
    await settle()
    expect(await others).toEqual([1, 4, 9, 16, 25, 36, 49])
    await clock.advance(60_000)
    const error = await bad
    expect(error).toBeInstanceOf(RemoteError)
    expect(error).toMatchObject({
      code: 'JITNEY_REMOTE_GIVEN_UP',
      message: expect.stringContaining('given up after 5 attempts: unlucky'),
      cause: { message: 'unlucky' },
    })
    const letters = await transport.admin('numbers').deadLetters(10)
    expect(letters).toMatchObject([{ reason: 'unlucky', attempts: 5 }])
  })

  it('is tried again after a delay, as a whole where it is not to be split', async () => {
    const { client, worker, clock } = newScene()
    const sizes: number[] = []
    worker(
      (numbers, { entries }) => {
        sizes.push(numbers.length)
        if (entries[0]!.attempt < 3) throw new Error('down')
        return squares(numbers)
      },
      { isolate: false, retry: { minDelay: 0 } },
    )
    const results = client().processAll([1, 2])
    await clock.advance(10_000)
    expect(await results).toEqual([1, 4])
    expect(sizes).toEqual([2, 2, 2])
  })

  it('tells its callers at once where another attempt is not worth it', async () => {
    const { client, worker, transport } = newScene()
    worker(
      () => {
        throw new Error('wrong')
      },
      { retry: { when: () => false } },
    )
    expect(await errorOf(client().process(1))).toMatchObject({
      code: 'JITNEY_BATCH_FAILED',
      cause: { message: 'wrong' },
    })
    expect(await transport.admin('numbers').stats()).toMatchObject({ dead: 0, active: 0 })
  })

  it('tells its callers when it took too long', async () => {
    const { client, worker, clock } = newScene()
    worker(() => new Promise(() => {}), { timeout: 1000 })
    const error = errorOf(client().process(1))
    await clock.advance(1000)
    expect(await error).toMatchObject({ code: 'JITNEY_BATCH_TIMEOUT' })
  })

  it('gives up an item that asks for another attempt too often', async () => {
    const { client, worker, clock } = newScene()
    worker((numbers) => numbers.map(() => outcome.retry()), { maxDeliveries: 2 })
    const error = errorOf(client().process(1))
    await clock.advance(60_000)
    expect(await error).toMatchObject({ code: 'JITNEY_REMOTE_GIVEN_UP' })
  })

  it('is no batch where an item cannot be read: others are done', async () => {
    const { client, worker, transport, clock } = newScene()
    const foreign = transport.client('numbers', 'foreign')
    const body = Uint8Array.of(99)
    await foreign.submit([{ sequence: 1, body, priority: 0, timeToLive: Infinity }], [])
    worker(squares)
    expect(await client().process(3)).toBe(9)
    await clock.advance(120_000)
    const [letter] = await transport.admin('numbers').deadLetters(1)
    expect(letter?.reason).toContain('its version is 99')
  })
})

describe('a worker that is lost', () => {
  it('loses its items to others after one lease', async () => {
    const { client, worker, transport, clock } = newScene()
    const { transport: dying, kill } = mortal(transport)
    const hanging = vi.fn<() => Promise<never>>(() => new Promise(() => {}))
    worker(hanging, { transport: dying })
    const results = client().processAll([1, 2, 3])
    await settle()
    kill()
    expect(hanging).toHaveBeenCalledOnce()
    const attempts: number[] = []
    worker((numbers, { entries }) => {
      attempts.push(...entries.map(({ attempt }) => attempt))
      return squares(numbers)
    })
    await clock.advance(lease * 0.9)
    expect(attempts).toEqual([])
    await clock.advance(lease)
    expect(await results).toEqual([1, 4, 9])
    expect(attempts).toEqual([2, 2, 2])
  })

  it('keeps what it works on for longer than a lease, as long as it speaks', async () => {
    const { client, worker, clock } = newScene()
    const slow = deferred<number[]>()
    const first = worker(() => slow.promise)
    const second = vi.fn<typeof squares>(squares)
    const results = client().processAll([1, 2])
    await settle()
    worker(second)
    await clock.advance(lease * 10)
    slow.resolve([7, 8])
    expect(await results).toEqual([7, 8])
    expect(second).not.toHaveBeenCalled()
    expect(first.stats()).toMatchObject({ lost: 0, replied: 2 })
  })

  it('by its fault runs alone, in groups that shrink, until the one that kills is a dead letter', async () => {
    const { client, worker, transport, clock } = newScene()
    const groups: number[][] = []
    const start = (): void => {
      const { transport: dying, kill } = mortal(transport)
      worker(
        (numbers) => {
          groups.push([...numbers])
          if (!numbers.includes(13)) return squares(numbers)
          kill()
          return new Promise(() => {})
        },
        { transport: dying, maxBatchSize: 16 },
      )
    }
    const batcher = client()
    const others = batcher.processAll([1, 2, 3, 4, 5, 6, 7])
    const bad = errorOf(batcher.process(13))
    start()
    for (let round = 0; round < 6; round += 1) {
      await clock.advance(lease * 2)
      start()
    }
    await clock.advance(lease * 2)
    expect(await others).toEqual([1, 4, 9, 16, 25, 36, 49])
    expect(await bad).toMatchObject({ code: 'JITNEY_REMOTE_GIVEN_UP' })
    const killers = groups.filter((group) => group.includes(13))
    expect(killers.map(({ length }) => length)).toEqual([8, 4, 1, 1, 1])
    const [letter, ...more] = await transport.admin('numbers').deadLetters(10)
    expect(letter?.reason).toBe('its workers were lost')
    expect(more).toEqual([])
  })

  it('is not waited for by a group while others hang: they run after a lease all the same', async () => {
    const { client, worker, transport, clock } = newScene()
    const { transport: dying, kill } = mortal(transport)
    worker(() => new Promise(() => {}), { transport: dying })
    const batcher = client()
    const lost = [batcher.process(1)]
    await settle()
    kill()
    // It goes to the call of `claim` that was under way when the worker died.
    lost.push(batcher.process(3))
    await settle()
    worker((numbers) => (numbers.includes(2) ? new Promise(() => {}) : squares(numbers)))
    const hanging = batcher.process(2)
    hanging.catch(() => {})
    await clock.advance(lease * 4)
    expect(await Promise.all(lost)).toEqual([1, 9])
  })

  it('and stands still drops what it had not started', async () => {
    const { client, worker, transport, clock } = newScene()
    const first = manualBatches<number, number>()
    let isStill = false
    const still: Transport = {
      ...transport,
      worker: (queue, name, options) => {
        const link = transport.worker(queue, name, options)
        return {
          ...link,
          // What it says is not heard for a while.
          heartbeat: async (tokens) => {
            if (isStill) throw new Error('still')
            return link.heartbeat(tokens)
          },
        }
      },
    }
    const one = worker(first.batchFunction, { transport: still, maxBatchSize: 2 })
    const results = client().processAll([1, 2, 3, 4])
    await settle()
    isStill = true
    const second = vi.fn<typeof squares>(squares)
    worker(second)
    await clock.advance(lease * 2)
    isStill = false
    expect(await results).toEqual([1, 4, 9, 16])
    first.calls[0]?.resolve([7, 7])
    await clock.advance(lease)
    expect(first.items).toEqual([[1, 2]])
    expect(one.stats()).toMatchObject({ lost: 4, late: 2, replied: 0, held: 0 })
  })
})

describe('BatchWorker.close()', () => {
  it('hands back what is not started, and ends what is', async () => {
    const { client, worker, transport } = newScene()
    const batches = manualBatches<number, number>()
    const one = worker(batches.batchFunction, { maxBatchSize: 2 })
    const results = client().processAll([1, 2, 3, 4])
    await settle()
    const closed = one.close()
    await settle()
    expect(one.state).toBe('closing')
    const attempts: number[] = []
    const other = worker((numbers, { entries }) => {
      attempts.push(...entries.map(({ attempt }) => attempt))
      return squares(numbers)
    })
    await settle()
    expect(attempts).toEqual([1, 1])
    batches.calls[0]?.resolve([1, 4])
    expect(await results).toEqual([1, 4, 9, 16])
    await closed
    expect(one.state).toBe('closed')
    expect(batches.items).toEqual([[1, 2]])
    const { workers } = await transport.admin('numbers').stats()
    expect(workers).toMatchObject([{ id: other.id }])
  })

  it('poisons nothing, however often all workers are replaced', async () => {
    const { client, worker, transport } = newScene()
    const result = client().processAll([1, 2, 3, 4])
    for (let deploy = 0; deploy < 10; deploy += 1) {
      const batches = manualBatches<number, number>()
      const one = worker(batches.batchFunction, { maxBatchSize: 1 })
      await settle()
      const closed = one.close()
      await settle()
      batches.calls[0]?.resolve([deploy])
      await closed
    }
    expect(await result).toEqual([0, 1, 2, 3])
    expect(await transport.admin('numbers').stats()).toMatchObject({ dead: 0 })
  })

  it('aborts after its timeout: what was started is another attempt of another worker', async () => {
    const { client, worker, clock } = newScene()
    const signals: AbortSignal[] = []
    const one = worker(
      (_numbers, { signal }) => {
        signals.push(signal)
        return new Promise<never>(() => {})
      },
      { maxBatchSize: 1 },
    )
    const results = client().processAll([1, 2])
    await settle()
    const closed = one.close({ timeout: 1000 })
    await clock.advance(1000)
    await closed
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    const attempts = new Map<number, number>()
    worker((numbers, { entries }) => {
      numbers.forEach((n, index) => attempts.set(n, entries[index]!.attempt))
      return squares(numbers)
    })
    await settle()
    expect(await results).toEqual([1, 4])
    expect(attempts).toEqual(
      new Map([
        [1, 2],
        [2, 1],
      ]),
    )
  })

  it('leaves no timer', async () => {
    const { client, worker, clock } = newScene()
    const one = worker(squares)
    const batcher = client()
    expect(await batcher.process(2)).toBe(4)
    await batcher.close()
    await one.close()
    await one.close()
    await clock.advance(0)
    expect(clock.timerCount).toBe(0)
  })

  it('goes on after calls of the transport failed, and tells of them', async () => {
    const { client, worker, transport, clock } = newScene()
    let failures = 0
    const errors: unknown[] = []
    const flaky: Transport = {
      ...transport,
      worker: (queue, name, options) => {
        const link = transport.worker(queue, name, options)
        const failing =
          <Values extends unknown[], Value>(method: (...values: Values) => Promise<Value>) =>
          (...values: Values): Promise<Value> =>
            (failures += 1) % 3 === 0 ? method(...values) : Promise.reject(new Error('flaky'))
        return {
          ...link,
          claim: failing((credit, options_) => link.claim(credit, options_)),
          complete: failing((completions) => link.complete(completions)),
          heartbeat: failing((tokens) => link.heartbeat(tokens)),
          takeOver: failing((sizes) => link.takeOver(sizes)),
        }
      },
    }
    worker(squares, { transport: flaky, onError: (error) => errors.push(error) })
    const results = client().processAll([1, 2, 3])
    await clock.advance(lease * 2)
    expect(await results).toEqual([1, 4, 9])
    expect(errors.length).toBeGreaterThan(2)
  })
})
