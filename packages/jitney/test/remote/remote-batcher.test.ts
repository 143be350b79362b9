import { QueueFullError } from 'jitney'
import { OutcomeUnknownError, RemoteAbortedError, type Transport } from 'jitney/remote'
import { manualBatches, settle } from 'jitney/testing'
import { describe, expect, it, vi } from 'vitest'

import { errorOf, newScene, squares } from './scene.ts'

/** A transport whose client calls are looked at, or fail. */
function withClient(
  transport: Transport,
  change: (client: ReturnType<Transport['client']>) => Partial<ReturnType<Transport['client']>>,
): Transport {
  return {
    ...transport,
    client: (queue, name) => {
      const client = transport.client(queue, name)
      return { ...client, ...change(client) }
    },
  }
}

describe('RemoteBatcher.process()', () => {
  it('resolves to the result of its own item', async () => {
    const { client, worker } = newScene()
    worker(squares)
    const batcher = client()
    expect(await Promise.all([3, 4, 5].map((n) => batcher.process(n)))).toEqual([9, 16, 25])
    expect(batcher.stats()).toEqual({
      name: 'numbers',
      state: 'open',
      active: 0,
      accepted: 0,
      waiting: 0,
      fulfilled: 3,
      rejected: 0,
      aborted: 0,
      refused: 0,
    })
  })

  it('submits the items of one turn together', async () => {
    const { client, transport } = newScene()
    const submit = vi.fn<(size: number) => void>()
    const watched = withClient(transport, (link) => ({
      submit: (items, settled) => {
        submit(items.length)
        return link.submit(items, settled)
      },
    }))
    const batcher = client({ transport: watched })
    void batcher.processAllSettled([1, 2, 3])
    await settle()
    expect(submit.mock.calls).toEqual([[3]])
  })

  it('submits again under the same id until it is accepted', async () => {
    const { client, worker, transport, clock } = newScene()
    worker(squares)
    let failures = 3
    const sequences: number[] = []
    const flaky = withClient(transport, (link) => ({
      submit: async (items, settled) => {
        const verdicts = await link.submit(items, settled)
        sequences.push(...items.map(({ sequence }) => sequence))
        // The answer is lost: it may be there.
        if (items.length > 0 && (failures -= 1) >= 0) throw new Error('connection lost')
        return verdicts
      },
    }))
    const batches = vi.fn<typeof squares>(squares)
    worker(batches)
    const batcher = client({ transport: flaky })
    const result = batcher.process(3)
    await clock.advance(20_000)
    expect(await result).toBe(9)
    expect(new Set(sequences)).toEqual(new Set([1]))
  })

  it('goes on when a submission says nothing', async () => {
    const { client, worker, transport, clock } = newScene()
    worker(squares)
    let calls = 0
    const silent = withClient(transport, (link) => ({
      submit: (items, settled) => {
        calls += 1
        return calls === 1 ? new Promise(() => {}) : link.submit(items, settled)
      },
    }))
    const result = client({ transport: silent, submitTimeout: 1000 }).process(3)
    await clock.advance(10_000)
    expect(await result).toBe(9)
  })

  it('does not know the outcome when half of the retention has passed without an answer', async () => {
    const { client, transport, clock } = newScene({ retention: 100_000 })
    let submissions = 0
    const dead = withClient(transport, () => ({
      submit: async (items) => {
        submissions += items.length
        throw new Error('down')
      },
    }))
    const result = errorOf(client({ transport: dead }).process(3))
    await clock.advance(49_000)
    expect(submissions).toBeGreaterThan(3)
    await clock.advance(20_000)
    expect(await result).toBeInstanceOf(OutcomeUnknownError)
    const before = submissions
    await clock.advance(1_000_000)
    expect(submissions).toBe(before)
    expect(clock.timerCount).toBe(0)
  })

  it('does not know the outcome of what was done and whose reply is gone', async () => {
    const { client, transport } = newScene()
    const forgetful = withClient(transport, () => ({ submit: async () => ['lost'] }))
    const error = await errorOf(client({ transport: forgetful }).process(3))
    expect(error).toMatchObject({ code: 'JITNEY_OUTCOME_UNKNOWN' })
  })

  it('waits while the queue is full', async () => {
    const { client, worker, clock, transport } = newScene({ maxItems: 1 })
    const batcher = client()
    const results = batcher.processAll([1, 2, 3])
    await clock.advance(1000)
    const admin = transport.admin('numbers')
    expect(await admin.stats()).toMatchObject({ queued: 1 })
    expect(batcher.stats()).toMatchObject({ active: 3, accepted: 1 })
    worker(squares)
    await clock.advance(60_000)
    expect(await results).toEqual([1, 4, 9])
  })

  it('refuses what is over maxQueueSize, unless it may wait', async () => {
    const { client, worker } = newScene()
    const rejecting = client({ maxQueueSize: 2 })
    const first = rejecting.processAll([1, 2])
    const error = await errorOf(rejecting.process(3))
    expect(error).toBeInstanceOf(QueueFullError)
    expect(error).toMatchObject({ maxQueueSize: 2 })
    const waiting = client({ maxQueueSize: 2, overflow: 'wait' })
    const all = waiting.processAll([1, 2, 3, 4, 5])
    expect(waiting.stats()).toMatchObject({ active: 2, waiting: 3 })
    worker(squares)
    expect(await all).toEqual([1, 4, 9, 16, 25])
    expect(await first).toEqual([1, 4])
  })

  it('rejects a caller whose time is over, and no worker starts its item', async () => {
    const { client, worker, clock } = newScene()
    const batches = manualBatches<number, number>()
    worker(batches.batchFunction, { maxBatchSize: 1 })
    const batcher = client({ timeout: 500 })
    const patient = client().process(1)
    await settle()
    const result = errorOf(batcher.process(2))
    await clock.advance(499)
    expect(batcher.stats().rejected).toBe(0)
    await clock.advance(1)
    expect(await result).toMatchObject({ code: 'JITNEY_REMOTE_DEADLINE' })
    batches.calls[0]?.resolve([1])
    expect(await patient).toBe(1)
    await clock.advance(1000)
    expect(batches.items).toEqual([[1]])
  })

  it('ends the wait of a call by a timeout of its own, in whatever order', async () => {
    const { client, clock } = newScene()
    const batcher = client({ timeout: 500, maxQueueSize: 4, overflow: 'wait' })
    const codes: [number, unknown][] = []
    const timeouts = [undefined, 300, 100, Infinity, 200, 900]
    timeouts.forEach((timeout, place) => {
      void errorOf(batcher.process(place, { timeout })).then(({ code, message }) => {
        codes.push([place, code])
        expect(message).toContain(`within ${Math.min(timeout ?? 500, 500)} ms`)
      })
    })
    const late = 'JITNEY_REMOTE_DEADLINE'
    const after = async (duration: number): Promise<[number, unknown][]> => {
      await clock.advance(duration)
      return codes.splice(0)
    }
    expect(await after(99)).toEqual([])
    expect(await after(1)).toEqual([[2, late]])
    expect(await after(200)).toEqual([
      [4, late],
      [1, late],
    ])
    expect(await after(199)).toEqual([])
    expect((await after(1)).map(([place]) => place)).toEqual([0, 3, 5])
    expect(batcher.stats()).toMatchObject({ active: 0, waiting: 0, rejected: 6 })
  })

  it('sends the timeout of a call with its item, so that no worker starts it later', async () => {
    const { client, worker, clock } = newScene()
    const batches = manualBatches<number, number>()
    worker(batches.batchFunction, { maxBatchSize: 1 })
    const batcher = client()
    const patient = batcher.process(1)
    await settle()
    const hasty = [2, 3].map((n) => errorOf(batcher.process(n, { timeout: 500 })))
    const other = batcher.process(4, { timeout: 60_000 })
    await clock.advance(500)
    for (const each of hasty) expect(await each).toMatchObject({ code: 'JITNEY_REMOTE_DEADLINE' })
    batches.calls[0]?.resolve([1])
    await settle()
    batches.calls[1]?.resolve([4])
    expect([await patient, await other]).toEqual([1, 4])
    expect(batches.items).toEqual([[1], [4]])
  })

  it('refuses wrong options of a call', async () => {
    const batcher = newScene().client()
    for (const options of [{ timeout: 0 }, { timeout: '1' }, { timeout: NaN }, { wait: 1 }, 7]) {
      await expect(batcher.process(1, options as object)).rejects.toThrow('Cannot process item')
    }
    await expect(batcher.processAll([1], { timeout: -1 })).rejects.toThrow('Cannot process items')
    expect(() => batcher.processIterable([1], { timeout: -1 })).toThrow('Cannot process items')
    await expect(batcher.process(1, { timeout: 1, priority: NaN })).rejects.toThrow("'priority'")
  })

  it('rejects only the caller that aborted, and takes its item back', async () => {
    const { client, worker, clock } = newScene()
    const batcher = client()
    const controller = new AbortController()
    const reason = new Error('enough')
    const leaving = errorOf(batcher.process(1, { signal: controller.signal }))
    const staying = batcher.process(2)
    await settle()
    controller.abort(reason)
    expect(await leaving).toBe(reason)
    await clock.advance(1000)
    const batches = vi.fn<typeof squares>(squares)
    worker(batches)
    expect(await staying).toBe(4)
    expect(batches.mock.calls.map(([numbers]) => numbers)).toEqual([[2]])
  })

  it('gives an error of the item, with its fields', async () => {
    const { client, worker } = newScene()
    worker((numbers) =>
      numbers.map((n) => (n < 0 ? Object.assign(new RangeError('negative'), { n }) : n)),
    )
    const [bad, good] = await client().processAllSettled([-1, 1])
    expect(bad).toMatchObject({ reason: { name: 'RangeError', message: 'negative', n: -1 } })
    expect(good).toMatchObject({ value: 1 })
  })

  it('refuses what JSON cannot write, and what is too large', async () => {
    const { client } = newScene()
    const batcher = client({ maxItemBytes: 10 })
    expect(await errorOf(batcher.process(1n as never))).toMatchObject({
      code: 'JITNEY_ITEM_NOT_SENDABLE',
    })
    expect(await errorOf(batcher.process(123_456))).toMatchObject({
      code: 'JITNEY_OUT_OF_RANGE',
      message: expect.stringContaining('at most 10 bytes'),
    })
    expect(batcher.stats().active).toBe(0)
  })

  it('hands on batch keys, priorities and trace contexts', async () => {
    const { client, worker, clock } = newScene()
    const batcher = client({
      batchKey: (n) => (n % 2 === 0 ? 'even' : 'odd'),
      trace: () => ({ traceparent: '00-1-2-01' }),
    })
    const results = Promise.all([batcher.process(1), batcher.process(2), batcher.process(3)])
    const urgent = batcher.process(5, { priority: 10 })
    await clock.advance(10)
    const seen: unknown[] = []
    worker((numbers, { key, entries }) => {
      seen.push([key, numbers, entries.map(({ trace }) => trace?.['traceparent'])])
      return squares(numbers)
    })
    expect(await results).toEqual([1, 4, 9])
    expect(await urgent).toBe(25)
    const parent = '00-1-2-01'
    expect(seen).toEqual([
      ['odd', [5, 1, 3], [parent, parent, parent]],
      ['even', [2], [parent]],
    ])
  })

  it('submits again what a failover lost', async () => {
    const { client, worker, transport, clock } = newScene()
    const batcher = client({ resubmitAfter: 30_000 })
    const result = batcher.process(3)
    await settle()
    const admin = transport.admin('numbers')
    const [item] = await admin.peek(1)
    const [name] = item!.id.split(':') as [string]
    const lost = transport.client('numbers', name)
    expect(await lost.cancel([1])).toEqual([1])
    await clock.advance(60_000)
    worker(squares)
    await settle()
    expect(await result).toBe(9)
  })

  it('leaves nothing in the queue', async () => {
    const { client, worker, transport, clock } = newScene()
    worker(squares)
    const batcher = client()
    await batcher.processAll(Array.from({ length: 2500 }, (_, n) => n))
    await clock.advance(200)
    const admin = transport.admin('numbers')
    expect(await admin.stats()).toMatchObject({ queued: 0, active: 0, replies: 0, remembered: 0 })
  })

  it('sets no timer while nothing is under way', async () => {
    const { client, transport, clock } = newScene()
    const batcher = client()
    const aborted = errorOf(batcher.process(1, { signal: AbortSignal.abort() }))
    await aborted
    expect(clock.timerCount).toBe(0)
    const controller = new AbortController()
    const leaving = errorOf(batcher.process(1, { signal: controller.signal }))
    await settle()
    controller.abort()
    await leaving
    await clock.advance(1000)
    expect(clock.timerCount).toBe(0)
    expect(await transport.admin('numbers').stats()).toMatchObject({ remembered: 0 })
  })
})

describe('RemoteBatcher.processIterable()', () => {
  it('gives results in input order, and takes no more than the bound', async () => {
    const { client, worker } = newScene()
    worker(squares)
    const batcher = client({ maxQueueSize: 3 })
    let most = 0
    const results: number[] = []
    const source = Array.from({ length: 50 }, (_, n) => n)
    for await (const result of batcher.processIterable(source)) {
      most = Math.max(most, batcher.stats().active)
      results.push(result)
    }
    expect(results).toEqual(squares(source))
    expect(most).toBeLessThanOrEqual(3)
    expect(most).toBeGreaterThan(0)
  })
})

describe('RemoteBatcher.close()', () => {
  it('waits for all results, refuses further calls, and forgets the client', async () => {
    const { client, worker, transport } = newScene()
    const batcher = client()
    const result = batcher.process(3)
    const closed = batcher.close()
    expect(batcher.state).toBe('closing')
    expect(await errorOf(batcher.process(4))).toMatchObject({ code: 'JITNEY_BATCHER_CLOSED' })
    worker(squares)
    expect(await result).toBe(9)
    await closed
    await batcher.close()
    expect(batcher.state).toBe('closed')
    expect(await transport.admin('numbers').stats()).toMatchObject({ remembered: 0 })
  })

  it('tells at its timeout who was accepted', async () => {
    const { client, worker, transport, clock } = newScene({ maxItems: 1 })
    const batcher = client()
    const accepted = errorOf(batcher.process(1))
    const refused = errorOf(batcher.process(2))
    await settle()
    const closed = batcher.close({ timeout: 1000 })
    await clock.advance(1000)
    for (const error of [await accepted, await refused]) {
      expect(error).toBeInstanceOf(RemoteAbortedError)
    }
    expect(await accepted).toMatchObject({ accepted: true })
    expect(await refused).toMatchObject({ accepted: false })
    await closed
    // What was accepted is done all the same.
    const batches = vi.fn<typeof squares>(squares)
    worker(batches)
    await settle()
    expect(batches.mock.calls.map(([numbers]) => numbers)).toEqual([[1]])
    await clock.advance(1000)
    expect(await transport.admin('numbers').stats()).toMatchObject({ remembered: 0 })
  })

  it('ends in bounded time when the queue cannot be reached', async () => {
    const { client, transport, clock } = newScene()
    const hanging = (): Promise<never> => new Promise(() => {})
    const gone = withClient(transport, () => ({
      submit: hanging,
      cancel: hanging,
      close: hanging,
      replies: hanging,
    }))
    const batcher = client({ transport: gone })
    const result = errorOf(batcher.process(1))
    await settle()
    batcher.abort(new Error('going'))
    expect(await result).toMatchObject({ accepted: false, cause: new Error('going') })
    const closed = batcher.close()
    await clock.advance(10_000)
    await closed
    expect(clock.timerCount).toBe(0)
  })
})
