import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { BatchError } from '../../src/index.ts'
import { threadBatch, UnsendableError, WorkerError } from '../../src/worker/index.ts'
import { runModule } from '../support/child.ts'
import {
  fixtures,
  nodeArguments,
  rejectionOf,
  type Setup,
  setUp,
  setUpThreads,
} from './programs.ts'

const running = async ({ workers }: Setup<never, never>): Promise<void> => {
  while (workers.stats().running === 0) await new Promise(setImmediate)
}

describe('threadBatch()', () => {
  it('gives each caller the result of its item', async () => {
    const { batcher, workers, end } = setUpThreads<number, number>(
      'default',
      {},
      { maxBatchSize: 7 },
    )
    const numbers = Array.from({ length: 100 }, (_, n) => n)
    expect(await batcher.processAll(numbers)).toEqual(numbers.map((n) => n * n))
    expect(workers.stats()).toMatchObject({ batches: 15, items: 100, starts: 1, alive: 1 })
    await end()
    expect(workers.stats().alive).toBe(0)
  })

  it('tells the function the key, and sends one message per batch', async () => {
    const { batcher, end } = setUpThreads<string, unknown>('obedient', {}, { batchKey: () => 'k' })
    expect(await batcher.processAll(['key', 'b'])).toEqual(['k', 'k'])
    expect(await batcher.processAll(['calls', 'b', 'c'])).toEqual([2, 2, 2])
    await end()
  })

  it('gives the function its data', async () => {
    const { batcher, end } = setUpThreads<string, unknown>('obedient', { data: { of: 'house' } })
    expect(await batcher.process('data')).toEqual({ of: 'house' })
    await end()
  })

  it('carries outcomes over: errors, values, other attempts, what cannot be cloned', async () => {
    const { batcher, end } = setUpThreads<string, unknown>('partly')
    const [good, bad, value, thrown, later, fn, rejected] = await batcher.processAllSettled([
      'good',
      'bad',
      'value',
      'thrown',
      'later',
      'function',
      'rejected',
    ])
    expect(good).toEqual({ status: 'fulfilled', value: 'good' })
    expect(bad).toMatchObject({
      status: 'rejected',
      reason: { name: 'TypeError', message: 'is bad' },
    })
    expect(value).toMatchObject({ status: 'fulfilled', value: new Error('a value') })
    expect(thrown).toEqual({ status: 'rejected', reason: 'a text' })
    expect(later).toEqual({ status: 'fulfilled', value: 'done' })
    expect(fn).toMatchObject({ status: 'rejected', reason: { code: 'JITNEY_RESULT_NOT_SENDABLE' } })
    expect(rejected).toMatchObject({ status: 'rejected', reason: { message: 'was rejected' } })
    await end()
  })

  it('carries over what the function threw, with its fields and cause, and keeps the thread', async () => {
    const { batcher, workers, end } = setUpThreads<string, unknown>('obedient')
    const error = await rejectionOf(batcher.process('throw'))
    expect(error).toBeInstanceOf(BatchError)
    expect(error.cause).toMatchObject({
      name: 'RangeError',
      message: 'bad batch',
      code: 'E_BAD',
      cause: { message: 'inner' },
      stack: expect.stringContaining('threads.ts'),
    })
    expect(error.cause).not.toHaveProperty('functionField')
    expect((await rejectionOf(batcher.process('too few'))).cause).toHaveProperty(
      'code',
      'JITNEY_WRONG_RESULT',
    )
    expect(await batcher.process('nothing')).toBe(undefined)
    expect(workers.stats()).toMatchObject({ starts: 1, lostBatches: 0 })
    await end()
  })

  it.each([
    ['exit', 'exited with code: 3'],
    ['crash', 'outside'],
    ['memory', 'ERR_WORKER_OUT_OF_MEMORY'],
  ])(
    'fails the batch that ends its thread by %s alone, and runs the next',
    async (item, message) => {
      const { batcher, workers, end } = setUpThreads<string, unknown>('obedient', {
        memory: { maxOldGenerationSizeMb: 64 },
      })
      expect(await batcher.process('before')).toBe('before')
      const { cause } = await rejectionOf(batcher.process(item))
      expect(cause).toBeInstanceOf(WorkerError)
      expect(cause).toMatchObject({ code: 'JITNEY_WORKER_CRASHED' })
      expect(String(cause) + (cause as { cause: { code: string } }).cause.code).toContain(message)
      expect(await batcher.process('after')).toBe('after')
      expect(workers.stats()).toMatchObject({ lostBatches: 1, crashes: 1, starts: 2, replaced: 0 })
      await end()
    },
  )

  it('gives every caller a result or a typed error while threads end under load', async () => {
    const { batcher, workers, end } = setUpThreads<number | string, unknown>(
      'obedient',
      { size: 2, memory: { maxOldGenerationSizeMb: 64 } },
      { maxBatchSize: 5 },
    )
    const bad = new Map([
      [12, 'memory'],
      [31, 'exit'],
      [47, 'crash'],
    ])
    const items = Array.from({ length: 60 }, (_, n) => bad.get(n) ?? n)
    const settled = await batcher.processAllSettled(items)
    const lost = settled.flatMap((one, n) =>
      one.status === 'rejected' ? [[n, one.reason.cause.code]] : [],
    )
    const batchOf = (first: number, code: string): unknown[] =>
      [0, 1, 2, 3, 4].map((n) => [first + n, code])
    expect(lost).toEqual([
      ...batchOf(10, 'JITNEY_WORKER_CRASHED'),
      ...batchOf(30, 'JITNEY_WORKER_CRASHED'),
      ...batchOf(45, 'JITNEY_WORKER_CRASHED'),
    ])
    expect(workers.stats()).toMatchObject({ lostBatches: 3, crashes: 3, batches: 9 })
    await end()
  })

  it('fails alone an item that cannot be cloned', async () => {
    const { batcher, workers, end } = setUpThreads<unknown, unknown>('obedient')
    const settled = await batcher.processAllSettled([1, () => 1, Symbol('s'), 'a'])
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    expect(settled[1]).toHaveProperty('reason', expect.any(UnsendableError))
    const [alone] = await batcher.processAllSettled([() => 2])
    expect(alone).toHaveProperty('reason.code', 'JITNEY_ITEM_NOT_SENDABLE')
    expect(workers.stats()).toMatchObject({ starts: 1, crashes: 0 })
    await end()
  })

  it('moves buffers, and fails an item alone whose buffer was moved before', async () => {
    const { batcher, end } = setUpThreads<Uint8Array, { length: number; same: Uint8Array }>(
      'buffers',
    )
    const own = new Uint8Array(1000).fill(7)
    const part = new Uint8Array(2000).subarray(500, 1000)
    const [one, two] = await batcher.processAll([own, part])
    expect(one).toMatchObject({ length: 1000, same: expect.objectContaining({ length: 1000 }) })
    expect(one?.same.every((byte) => byte === 7)).toBe(true)
    expect(two).toMatchObject({ length: 500 })
    expect([own.length, part.length]).toEqual([0, 500])
    const settled = await batcher.processAllSettled([new Uint8Array(1), own])
    expect(settled[0]).toMatchObject({ status: 'fulfilled', value: { length: 1 } })
    expect(settled[1]).toHaveProperty('reason.code', 'JITNEY_ITEM_NOT_SENDABLE')
    await end()
  })

  it('copies buffers when told not to move them', async () => {
    const { batcher, end } = setUpThreads<Uint8Array, { length: number }>('buffers', {
      move: false,
    })
    const own = new Uint8Array(1000)
    expect(await batcher.process(own)).toMatchObject({ length: 1000 })
    expect(own.length).toBe(1000)
    await end()
  })

  it('takes a typed array for all results', async () => {
    const { batcher, end } = setUpThreads<number, number>('sums')
    expect(await batcher.processAll([1, 2, 3])).toEqual([1.5, 2.5, 3.5])
    await end()
  })

  it('aborts the signal of the function first, and keeps the thread that obeys', async () => {
    const setup = setUpThreads<string, unknown>('obedient', { graceTime: Infinity })
    const { batcher, workers, end } = setup
    const thread = await batcher.process('thread')
    const controller = new AbortController()
    const waiting = batcher.process('until aborted', { signal: controller.signal })
    await running(setup as never)
    controller.abort()
    expect(await rejectionOf(waiting)).toHaveProperty('name', 'AbortError')
    expect(await batcher.process('thread')).toBe(thread)
    expect(workers.stats()).toMatchObject({ replaced: 0, starts: 1 })
    await end()
  })

  it('replaces a thread that goes on after the grace time', async () => {
    const setup = setUpThreads<string, unknown>('obedient', { graceTime: 1 })
    const { batcher, workers, end } = setup
    const thread = await batcher.process('thread')
    const controller = new AbortController()
    const spinning = batcher.process('spin', { signal: controller.signal })
    await running(setup as never)
    controller.abort()
    expect(await rejectionOf(spinning)).toHaveProperty('name', 'AbortError')
    expect(await batcher.process('thread')).not.toBe(thread)
    expect(workers.stats()).toMatchObject({ replaced: 1, crashes: 0, starts: 2 })
    await end()
  })

  it('runs batches in several threads at once', async () => {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const sockets: Socket[] = []
    server.on('connection', (socket) => {
      socket.on('error', () => {})
      if (sockets.push(socket) === 2) for (const one of sockets) one.end('go')
    })
    const { port } = server.address() as AddressInfo
    const { batcher, end } = setUpThreads<number, number>(
      'meeting',
      { size: 2 },
      { maxBatchSize: 1 },
    )
    expect(new Set(await batcher.processAll([port, port])).size).toBe(2)
    await end()
    server.close()
  })

  it('starts all threads when warming up, and tells of a module that cannot be used', async () => {
    const { workers, end } = setUpThreads<number, number>('default', { size: 2 })
    await workers.warmUp([1])
    expect(workers.stats()).toMatchObject({ alive: 2, starts: 2 })
    await end()
    const none = setUpThreads<number, number>('noFunction')
    await expect(none.workers.warmUp()).rejects.toMatchObject({
      code: 'JITNEY_WORKER_MODULE',
      message: expect.stringContaining("its export 'noFunction' must be a function, received 3"),
    })
    await none.end()
    const missing = setUp(threadBatch<number, number>('no/such/module.js', { nodeArguments }))
    expect((await rejectionOf(missing.batcher.process(1))).cause).toMatchObject({
      code: 'JITNEY_WORKER_MODULE',
    })
    await missing.end()
  })

  it('tells of arguments that Node refuses', async () => {
    const { batcher, end } = setUpThreads('default', { nodeArguments: ['--no-such-argument'] })
    expect((await rejectionOf(batcher.process(1))).cause).toMatchObject({
      code: 'JITNEY_WORKER_NOT_STARTED',
    })
    await end()
  })

  it('does not keep the process alive while it is idle', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'
      import { threadBatch } from 'jitney/worker'
      const batcher = new Batcher(threadBatch(${JSON.stringify(fixtures.href)}, { size: 1, nodeArguments: ${JSON.stringify(nodeArguments)} }))
      console.log(await batcher.process(3))
    `)
    expect(exit).toEqual({ code: 0, stderr: '', stdout: '9\n' })
  })

  it('leaves nothing behind once it is closed', async () => {
    const exit = await runModule(`
      import { threadBatch } from 'jitney/worker'
      const handles = () => process.report.getReport().libuv.filter(({ type }) => type === 'async').length
      const use = async () => {
        const workers = threadBatch(${JSON.stringify(fixtures.href)}, { size: 1, nodeArguments: ${JSON.stringify(nodeArguments)} })
        await workers.warmUp([1])
        await workers.close()
      }
      await use()
      const before = handles()
      for (let round = 0; round < 3; round += 1) await use()
      // Closed in turns to come.
      while (handles() > before) await new Promise(setImmediate)
      console.log('none')
    `)
    expect(exit).toEqual({ code: 0, stderr: '', stdout: 'none\n' })
  })

  it('runs a TypeScript module without a loader, in what was built too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jitney-thread-'))
    writeFileSync(
      join(folder, 'module.ts'),
      'enum Factor { two = 2 }\nexport default (ns: number[]): number[] => ns.map((n) => n * Factor.two)\n',
    )
    const { default: child } = await import('node:child_process')
    const stdout = child.execFileSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { Batcher } from 'jitney'
         import { threadBatch } from 'jitney/worker'
         const double = threadBatch(${JSON.stringify(join(folder, 'module.ts'))}, { size: 1 })
         const doubles = new Batcher(double)
         console.log(import.meta.resolve('jitney/worker').endsWith('dist/worker/index.js'), await doubles.process(4))
         await doubles.close()
         await double.close()`,
      ],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
    )
    expect(stdout).toBe('true 8\n')
    rmSync(folder, { recursive: true })
  })

  it.each([
    [
      { size: 1.5 },
      "Cannot create threadBatch: 'size' must be an integer of at least 1, received 1.5",
    ],
    [{ graceTime: NaN }, "'graceTime' must be milliseconds of at least 0, received NaN"],
    [{ move: 1 }, "'move' must be a boolean, received 1"],
    [{ memory: { maxOldGenerationSizeMb: 0 } }, "'memory.maxOldGenerationSizeMb' must be"],
    [{ nodeArguments: 'x' }, "'nodeArguments' must be an array of texts"],
    [{ exportName: 1 }, "'exportName' must be a string"],
    [{ threads: 3 }, "'option' must be one of"],
  ])('refuses the options %j', (options, message) => {
    expect(() => threadBatch('a.js', options as never)).toThrow(message)
  })

  it.each([undefined, '', 'https://example.com/a.js', new URL('data:text/javascript,')])(
    'refuses the module %s',
    (module) => {
      expect(() => threadBatch(module as never)).toThrow("'module' must be a file: URL or a path")
    },
  )
})
