import { RemoteQueue } from 'jitney/remote'
import { settle } from 'jitney/testing'
import { describe, expect, it } from 'vitest'

import { errorOf, newScene, squares } from './scene.ts'

describe('RemoteQueue', () => {
  it('shows items as they were handed over, and what cannot be read', async () => {
    const { client, transport } = newScene()
    const queue = new RemoteQueue('numbers', { transport })
    void client({ batchKey: () => 'a' }).processAllSettled([3, 4])
    const foreign = transport.client('numbers', 'foreign')
    await settle()
    const body = Uint8Array.of(99)
    await foreign.submit([{ sequence: 1, body, priority: 0, timeToLive: Infinity }], [])
    expect(await queue.peek()).toMatchObject([
      { item: 3, key: 'a', attempts: 0 },
      { item: 4, key: 'a', attempts: 0 },
      { id: 'foreign:1', item: undefined },
    ])
    expect(await queue.peek(1)).toHaveLength(1)
    expect(await queue.stats()).toMatchObject({ queued: 3 })
  })

  it('purges all that no worker holds, and tells the callers', async () => {
    const { client, transport } = newScene()
    const queue = new RemoteQueue('numbers', { transport })
    const settled = client().processAllSettled(Array.from({ length: 250 }, (_, n) => n))
    await settle()
    expect(await queue.purge()).toBe(250)
    for (const one of await settled) {
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'JITNEY_REMOTE_PURGED' } })
    }
    expect(await queue.purge()).toBe(0)
  })

  it('lists, retries and removes dead letters', async () => {
    const { client, worker, transport, clock } = newScene()
    const queue = new RemoteQueue('numbers', { transport })
    let isBroken = true
    const seen: number[] = []
    worker(
      (numbers) => {
        if (isBroken) throw new Error('broken')
        seen.push(...numbers)
        return squares(numbers)
      },
      { maxDeliveries: 1 },
    )
    const count = 130
    const failures = Promise.all(
      Array.from({ length: count }, (_, n) => errorOf(client().process(n))),
    )
    await clock.advance(1000)
    for (const error of await failures)
      expect(error).toMatchObject({ code: 'JITNEY_REMOTE_GIVEN_UP' })
    const first = await queue.deadLetters.list({ most: 2 })
    expect(first).toMatchObject([{ reason: 'broken', attempts: 1 }, { reason: 'broken' }])
    const [third] = await queue.deadLetters.list({ most: 1, after: first[1]!.id })
    expect(await queue.deadLetters.remove([third!.id])).toBe(1)
    isBroken = false
    expect(await queue.deadLetters.retry([first[0]!.id])).toBe(1)
    await settle()
    expect(seen).toEqual([first[0]!.item])
    expect(await queue.deadLetters.retry('all')).toBe(count - 2)
    await settle()
    expect(seen).toHaveLength(count - 1)
    expect(await queue.deadLetters.remove('all')).toBe(0)
    expect(await queue.stats()).toMatchObject({ dead: 0, queued: 0 })
  })
})
