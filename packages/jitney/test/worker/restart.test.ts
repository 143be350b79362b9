import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ManualClock, settle } from '../../src/testing/index.ts'
import { restartDelay } from '../../src/worker/restart-delay.ts'
import { gone, rejectionOf, setUpProcess, setUpThreads, startMeeting } from './programs.ts'

const dying = `const handle = ({ id, items }) => items.includes('exit') ? process.exit(1) : answer({ id, results: items })`

describe('restartDelay()', () => {
  it('is nothing for the first loss, then at most doubles with each, up to the maximum', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(1000), fc.nat(100_000), (losses, minDelay, maxDelay) => {
        const delay = restartDelay(losses, { minDelay, maxDelay })
        const most =
          losses < 2 || minDelay === 0 ? 0 : Math.min(maxDelay, minDelay * 2 ** (losses - 2))
        expect(delay).toBeGreaterThanOrEqual(0)
        expect(delay).toBeLessThanOrEqual(most)
      }),
    )
  })
})

describe('a worker that is lost again and again', () => {
  it('is replaced at once, then not before its delay is over, until one answers', async () => {
    const clock = new ManualClock()
    const restart = { minDelay: 1000, maxDelay: 2000 }
    const { batcher, workers, end } = setUpProcess<string, string>(dying, { clock, restart })
    await rejectionOf(batcher.process('exit'))
    await rejectionOf(batcher.process('exit'))
    expect(workers.stats()).toMatchObject({ starts: 2, crashes: 2 })
    const waiting = batcher.process('a')
    await settle()
    expect(workers.stats()).toMatchObject({ starts: 2, running: 1 })
    await clock.advance(1000)
    expect(await waiting).toBe('a')
    await rejectionOf(batcher.process('exit'))
    expect(await batcher.process('b')).toBe('b')
    expect(workers.stats()).toMatchObject({ starts: 4, crashes: 3 })
    await end()
  })

  it('lets a batch leave that is aborted meanwhile', async () => {
    const clock = new ManualClock()
    const { batcher, workers, end } = setUpProcess<string, string>(dying, {
      clock,
      restart: { minDelay: 1000 },
    })
    await rejectionOf(batcher.process('exit'))
    await rejectionOf(batcher.process('exit'))
    const controller = new AbortController()
    const left = batcher.process('a', { signal: controller.signal })
    await settle()
    controller.abort(new Error('enough'))
    expect(await rejectionOf(left)).toHaveProperty('message', 'enough')
    await batcher.onIdle()
    expect([workers.stats().running, clock.timerCount]).toEqual([0, 0])
    const next = batcher.process('b')
    await clock.advance(1000)
    expect(await next).toBe('b')
    await end()
  })

  it('is passed over while another is there', async () => {
    const clock = new ManualClock()
    const meeting = await startMeeting()
    const meet = `const handle = ({ id, items: [item] }) => {
      if (item === 'exit') process.exit(1)
      require('node:net').connect(${meeting.port}, '127.0.0.1').on('data', () => answer({ id, results: [item] }))
    }`
    const options = { clock, size: 2, restart: { minDelay: 1000 } }
    const { batcher, workers, end } = setUpProcess<string, string>(meet, options, {
      maxBatchSize: 1,
    })
    const both = batcher.processAll(['a', 'b'])
    for (const socket of await meeting.arrived(2)) socket.write('go')
    await both
    await rejectionOf(batcher.process('exit'))
    const after = batcher.process('c')
    const [, , third] = await meeting.arrived(3)
    third?.write('go')
    expect(await after).toBe('c')
    expect(workers.stats()).toMatchObject({ starts: 2, crashes: 1, alive: 1 })
    meeting.close()
    await end()
  })
})

describe('graceTime', () => {
  it('holds the slot until a function that heeds nothing has really ended', async () => {
    const meeting = await startMeeting()
    const { batcher, workers, end } = setUpThreads<number, number>('stubborn', {
      graceTime: Infinity,
    })
    const controller = new AbortController()
    const left = batcher.process(meeting.port, { signal: controller.signal })
    const [socket] = await meeting.arrived(1)
    controller.abort()
    await rejectionOf(left)
    const next = batcher.process(meeting.port)
    await settle()
    expect([batcher.activeCount, batcher.queuedCount]).toEqual([1, 1])
    socket?.end()
    const [, second] = await meeting.arrived(2)
    second?.end()
    await next
    expect(workers.stats()).toMatchObject({ starts: 1, replaced: 0 })
    await end()
    meeting.close()
  })

  it('is what a program has that does not end with its input', async () => {
    const clock = new ManualClock()
    const meeting = await startMeeting()
    const staying = `require('node:net').connect(${meeting.port}, '127.0.0.1')
      const handle = ({ id, items }) => answer({ id, results: items })
      process.stdin.on('end', () => answer({ ended: true }))`
    const { batcher, workers } = setUpProcess<string, string>(staying, { clock, graceTime: 5000 })
    await batcher.process('a')
    const [socket] = await meeting.arrived(1)
    const closed = workers.close()
    await settle()
    expect([workers.stats().alive, clock.timerCount]).toEqual([1, 1])
    await clock.advance(5000)
    await closed
    await gone(socket)
    expect(workers.stats().alive).toBe(0)
    meeting.close()
  })
})

describe('warmUp()', () => {
  it('gives its places back when it is aborted', async () => {
    const meeting = await startMeeting()
    const meet = `const handle = ({ id, items: [item] }) => {
      if (item !== 'meet') return answer({ id, results: [item] })
      require('node:net').connect(${meeting.port}, '127.0.0.1').on('data', () => answer({ id, results: [item] }))
    }`
    const { batcher, workers, end } = setUpProcess<string, string>(meet, { size: 2 })
    const busy = batcher.process('meet')
    const [socket] = await meeting.arrived(1)
    const controller = new AbortController()
    const warm = workers.warmUp(['a'], { signal: controller.signal })
    await settle()
    controller.abort(new Error('enough'))
    expect(await rejectionOf(warm)).toHaveProperty('message', 'enough')
    expect(await batcher.process('b')).toBe('b')
    socket?.write('go')
    await busy
    await workers.warmUp(['a'])
    expect(workers.stats()).toMatchObject({ alive: 2, running: 0, waiting: 0 })
    await end()
    meeting.close()
  })
})
