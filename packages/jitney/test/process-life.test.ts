import { describe, expect, it } from 'vitest'

import { runModule } from './support/child.ts'

const quietEnd = { code: 0, stderr: '' }
const allowed = 60_000

describe.concurrent('a process with a Batcher', { timeout: allowed }, () => {
  it('serves a lone item that nobody awaits before it ends', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      const doubles = new Batcher((numbers) => numbers.map((number) => number * 2))
      doubles.process(21).then(console.log)
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: '42\n' })
  })

  it('serves a lone item that waits for company before it ends', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      const doubles = new Batcher((numbers) => numbers.map((number) => number * 2), { maxQueueTime: 25 })
      doubles.process(21).then(console.log)
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: '42\n' })
  })

  it('serves items that are awaited at the top level, one after the other', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      const doubles = new Batcher((numbers) => numbers.map((number) => number * 2))
      for (const number of [1, 2, 3]) console.log(await doubles.process(number))
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: '2\n4\n6\n' })
  })

  it('ends although the batcher is idle and was not closed', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      const hour = 3_600_000
      const used = new Batcher((numbers) => numbers, { maxQueueTime: hour, maxBatchSize: 2, timeout: hour })
      const unused = new Batcher((numbers) => numbers, { maxQueueTime: hour, timeout: hour })
      console.log(await Promise.all([used.process(1), used.process(2)]), unused.state)
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: '[ 1, 2 ] open\n' })
  })

  it('ends when the last who waited for company aborted', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      const batcher = new Batcher((numbers) => numbers, { maxQueueTime: 3_600_000 })
      const controller = new AbortController()
      batcher.process(1, { signal: controller.signal }).catch(console.log)
      setImmediate(() => controller.abort('changed my mind'))
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: 'changed my mind\n' })
  })

  it('is not held by the deadline of a close that had nothing to wait for any more', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      const batcher = new Batcher((numbers) => numbers)
      batcher.process(1).then(console.log)
      await batcher.close({ timeout: 3_600_000 })
      console.log(batcher.state)
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: '1\nclosed\n' })
  })

  it('holds no timer and no other resource while the batcher is idle, and one timer while it waits', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      const resources = () => process.getActiveResourcesInfo().sort().join()
      const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
      const before = resources()
      const batcher = new Batcher((numbers) => numbers, { maxQueueTime: 3_600_000, timeout: 3_600_000 })
      console.log('unused', resources() === before)
      const promises = [1, 2, 3].map((number) => batcher.process(number))
      await new Promise(setImmediate)
      console.log('waiting', timers())
      await Promise.all([batcher.flush(), ...promises])
      await batcher.onIdle()
      console.log('idle', timers(), resources() === before)
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: 'unused true\nwaiting 1\nidle 0 true\n' })
  })
})

describe.concurrent('a failing batch', { timeout: allowed }, () => {
  it('is reported as an unhandled rejection exactly once for each caller that nobody handles', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      process.on('unhandledRejection', (error) => console.log(error.name, error.cause.message))
      process.on('rejectionHandled', () => console.log('handled late'))
      const batcher = new Batcher(async () => {
        throw new Error('down')
      })
      batcher.process(1)
      batcher.process(2).catch(() => {})
      batcher.process(3)
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: 'BatchError down\nBatchError down\n' })
  })

  it('is not reported at all when every caller handles it, whatever went wrong', async () => {
    const exit = await runModule(`
      import { Batcher, outcome } from 'jitney'
      import { subscribe, tracingChannel } from 'node:diagnostics_channel'

      process.on('unhandledRejection', (error) => console.log(error))
      const never = new Promise(() => {})
      const later = () => new Promise((_, reject) => setTimeout(reject, 40, new Error('too late')))
      const failing = [
        () => { throw new Error('down') },
        async () => { throw new Error('down') },
        () => ({ then: (_, reject) => reject(new Error('down')) }),
        (items) => items.map(() => new Error('item')),
        (items) => items.map(() => outcome.error('item')),
        (items) => items.map(() => Promise.reject(new Error('item'))),
        (items) => [Promise.reject(new Error('one too many')), ...items],
        () => 'nonsense',
        later,
        (items) => items.map(later),
        async (items) => { await later().catch(() => {}); return items.map(later) },
      ]
      const run = async () => {
        for (const batchFunction of failing) {
          const batcher = new Batcher(batchFunction, { timeout: 10, maxQueueSize: 4, maxQueueTime: 0 })
          const { signal } = new AbortController()
          const settled = batcher.processAllSettled([1, 2, 3, 4, 5], { signal })
          const own = batcher.process(6).catch(() => {})
          await settled
          await own
          batcher.process(7).catch(() => {})
          await Promise.all([batcher.flush(), batcher.close({ timeout: 0 })])
          await batcher.process(8).catch(() => {})
        }
      }
      await run()
      tracingChannel('jitney:batch').subscribe({ start() {}, error() {} })
      subscribe('jitney:batch:abandoned', () => {})
      await run()
      console.log('done')
    `)
    expect(exit).toEqual({ ...quietEnd, stdout: 'done\n' })
  })

  it('ends a process that handles nothing, with the error and its cause', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'

      new Batcher(() => { throw new Error('down') }, { name: 'squares' }).process(1)
    `)
    expect(exit.code).toBe(1)
    expect(exit.stderr).toContain("Cannot process batch of 1 of 'squares': down")
    expect(exit.stderr).toContain('[cause]: Error: down')
  })
})

describe.concurrent('what a Batcher prints', { timeout: allowed }, () => {
  const program = `
    import { Batcher } from 'jitney'

    const named = new Batcher((numbers) => numbers, { name: 'squares', maxBatchSize: 2 })
    await Promise.all([named.process('secret'), named.process('secret'), named.process('secret')])
    const failing = new Batcher(() => { throw new Error('secret') })
    await failing.process(1).catch(() => {})
    await failing.close()
  `

  it('is nothing', async () => {
    expect(await runModule(program)).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  it('is a line for each batch with NODE_DEBUG=jitney: name, reason, size, age, duration', async () => {
    const { code, stdout, stderr } = await runModule(program, { NODE_DEBUG: 'jitney' })
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    const times = {
      queueTime: expect.any(Number) as number,
      duration: expect.any(Number) as number,
    }
    const lines = stderr.trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line.replace(/^JITNEY \d+: /, '')) as object)).toEqual([
      { name: 'squares', reason: 'size', size: 2, ...times },
      { name: 'squares', reason: 'idle', size: 1, ...times },
      { reason: 'idle', size: 1, ...times },
    ])
  })
})
