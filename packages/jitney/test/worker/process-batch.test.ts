import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'

import { BatchError } from '../../src/index.ts'
import { processBatch, UnsendableError, WorkerError } from '../../src/worker/index.ts'
import { runModule } from '../support/child.ts'
import { program, rejectionOf, setUp, setUpProcess } from './programs.ts'

const squares = `const handle = ({ id, items }) => answer({ id, results: items.map((n) => n * n) })`
/** Does what the item says. */
const obedient = `
const handle = ({ id, items }) => {
  if (items.includes('exit')) { console.error('cannot go on'); process.exit(3) }
  if (items.includes('kill')) return process.kill(process.pid, 'SIGKILL')
  if (items.includes('garbage')) return process.stdout.write('loading...\\n')
  if (items.includes('wrong id')) return answer({ id: id + 1, results: items })
  if (items.includes('wrong index')) return answer({ id, results: items, errors: { [items.length]: 'bad' } })
  if (items.includes('no array')) return answer({ id, results: 5 })
  if (items.includes('long')) return process.stdout.write('x'.repeat(100_000))
  if (items.includes('throw')) return answer({ id, error: { message: 'bad batch', code: 'E_BAD' } })
  if (items.includes('pid')) return answer({ id, results: items.map(() => process.pid) })
  if (items.includes('hang')) return
  answer({ id, results: items })
}
`

describe('processBatch()', () => {
  it('gives each caller the result of its item', async () => {
    const { batcher, end } = setUpProcess<number, number>(squares, {}, { maxBatchSize: 7 })
    const numbers = Array.from({ length: 100 }, (_, n) => n)
    expect(await batcher.processAll(numbers)).toEqual(numbers.map((n) => n * n))
    await end()
  })

  it('sends one line per batch to one process', async () => {
    const counting = `let lines = 0
      const handle = ({ id, items, key }) => { lines += 1; answer({ id, results: items.map(() => [lines, key, process.pid]) }) }`
    const { batcher, workers, end } = setUpProcess<number, unknown[]>(
      counting,
      {},
      { batchKey: (n) => `key ${n % 2}` },
    )
    const results = await batcher.processAll([0, 1, 2, 3])
    expect(results.map(([line, key]) => [line, key])).toEqual([
      [1, 'key 0'],
      [2, 'key 1'],
      [1, 'key 0'],
      [2, 'key 1'],
    ])
    expect(new Set(results.map(([, , pid]) => pid)).size).toBe(1)
    expect(workers.stats()).toEqual({
      size: 1,
      alive: 1,
      running: 0,
      waiting: 0,
      batches: 2,
      items: 4,
      lostBatches: 0,
      starts: 1,
      crashes: 0,
      replaced: 0,
    })
    await end()
    expect(workers.stats().alive).toBe(0)
  })

  it.each([
    ['exit', 'JITNEY_WORKER_CRASHED', 'it ended with exit code 3 (cannot go on)'],
    ['kill', 'JITNEY_WORKER_CRASHED', 'it was ended by SIGKILL'],
    ['garbage', 'JITNEY_WORKER_ANSWER', 'received loading...'],
    ['wrong id', 'JITNEY_WORKER_ANSWER', 'expected an answer to batch 2'],
    ['no array', 'JITNEY_WORKER_ANSWER', 'received {"id":2,"results":5}'],
    ['wrong index', 'JITNEY_WORKER_ANSWER', '"errors":{"1":"bad"}'],
    ['long', 'JITNEY_WORKER_ANSWER', 'its line has more than 5000 bytes'],
  ])('fails the batch with %s alone, and runs the next', async (item, code, message) => {
    const { batcher, workers, end } = setUpProcess<string, unknown>(obedient, {
      maxAnswerSize: 5000,
    })
    expect(await batcher.process('before')).toBe('before')
    const error = await rejectionOf(batcher.process(item))
    expect(error).toBeInstanceOf(BatchError)
    expect(error.cause).toBeInstanceOf(WorkerError)
    expect(error.cause).toMatchObject({ code, message: expect.stringContaining(message) })
    expect(await batcher.process('after')).toBe('after')
    expect(workers.stats()).toMatchObject({ lostBatches: 1, crashes: 1, starts: 2, replaced: 0 })
    await end()
  })

  it('tells of a program that does not exist', async () => {
    const { batcher, end } = setUp(processBatch<string, string>(['/no/such/program']))
    const { cause } = await rejectionOf(batcher.process('a'))
    expect(cause).toMatchObject({ code: 'JITNEY_WORKER_NOT_STARTED' })
    await end()
  })

  it('keeps the process when the program says that the batch failed', async () => {
    const { batcher, workers, end } = setUpProcess<string, unknown>(obedient)
    const { cause } = await rejectionOf(batcher.process('throw'))
    expect(cause).toMatchObject({ message: 'bad batch', code: 'E_BAD' })
    expect(await batcher.process('after')).toBe('after')
    expect(workers.stats()).toMatchObject({ starts: 1, lostBatches: 0 })
    await end()
  })

  it('fails single items, and sends those again that ask for it', async () => {
    const partly = `let seen = 0
      const handle = ({ id, items }) => {
        const errors = {}, retries = {}
        items.forEach((item, index) => {
          if (item === 'bad') errors[index] = 'is bad'
          if (item === 'later' && seen++ === 0) retries[index] = 1
        })
        answer({ id, results: items, errors, retries })
      }`
    const { batcher, end } = setUpProcess<string, string>(partly)
    const settled = await batcher.processAllSettled(['good', 'bad', 'later'])
    expect(settled).toEqual([
      { status: 'fulfilled', value: 'good' },
      { status: 'rejected', reason: new Error('is bad') },
      { status: 'fulfilled', value: 'later' },
    ])
    await end()
  })

  it('fails alone what cannot be written as JSON', async () => {
    const { batcher, workers, end } = setUpProcess<unknown, unknown>(obedient)
    const cycle: unknown[] = []
    cycle.push(cycle)
    const settled = await batcher.processAllSettled([1, 2n, undefined, cycle, () => 1, 'a'])
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    const [, big] = settled
    expect(big).toHaveProperty('reason', expect.any(UnsendableError))
    expect(big).toHaveProperty('reason.code', 'JITNEY_ITEM_NOT_SENDABLE')
    expect(workers.stats()).toMatchObject({ starts: 1, crashes: 0 })
    await end()
  })

  it('replaces a process that goes on after the grace time of an abort', async () => {
    const { batcher, workers, end } = setUpProcess<string, unknown>(obedient, { graceTime: 0 })
    const pid = (await batcher.process('pid')) as number
    const controller = new AbortController()
    const hanging = batcher.process('hang', { signal: controller.signal })
    while (workers.stats().running === 0) await new Promise(setImmediate)
    controller.abort(new Error('enough'))
    expect(await rejectionOf(hanging)).toHaveProperty('message', 'enough')
    await batcher.onIdle()
    expect(isAlive(pid)).toBe(false)
    expect(await batcher.process('after')).toBe('after')
    expect(workers.stats()).toMatchObject({ replaced: 1, crashes: 0, starts: 2 })
    await end()
  })

  it.each(['message', 'SIGINT'] as const)(
    'asks first, by %s, and keeps the process that obeys',
    async (askBy) => {
      const obeying = `let current
        process.on('SIGINT', () => answer({ id: current, error: 'stopped' }))
        const handle = ({ id, items, abort }) => {
          if (abort !== undefined) return answer({ id: abort, error: 'stopped' })
          current = id
          if (items[0] !== 'hang') answer({ id, results: items.map(() => process.pid) })
          else process.stderr.write('')
        }`
      const { batcher, workers, end } = setUpProcess<string, number>(obeying, {
        askBy,
        graceTime: Infinity,
      })
      const pid = await batcher.process('pid')
      const controller = new AbortController()
      const hanging = batcher.process('hang', { signal: controller.signal })
      while (workers.stats().running === 0) await new Promise(setImmediate)
      controller.abort()
      expect(await rejectionOf(hanging)).toHaveProperty('name', 'AbortError')
      expect(await batcher.process('pid')).toBe(pid)
      expect(workers.stats()).toMatchObject({ replaced: 0, starts: 1 })
      await end()
    },
  )

  it('kills at the timeout of the batcher, and the next batch runs', async () => {
    const { batcher, end } = setUpProcess<string, unknown>(
      obedient,
      { graceTime: 0 },
      { timeout: 500 },
    )
    await batcher.process('warm')
    expect(await rejectionOf(batcher.process('hang'))).toHaveProperty(
      'code',
      'JITNEY_BATCH_TIMEOUT',
    )
    expect(await batcher.process('after')).toBe('after')
    await end()
  })

  it('runs batches in several processes at once', async () => {
    // Each waits at the server until all have come.
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const sockets: Socket[] = []
    server.on('connection', (socket) => {
      if (sockets.push(socket) === 3) for (const one of sockets) one.end('go')
    })
    const { port } = server.address() as AddressInfo
    const meeting = `const handle = ({ id, items }) => {
      require('node:net').connect(${port}, '127.0.0.1').on('data', () => answer({ id, results: [process.pid] }))
    }`
    const { batcher, end } = setUpProcess<number, number>(meeting, { size: 3 }, { maxBatchSize: 1 })
    expect(new Set(await batcher.processAll([1, 2, 3])).size).toBe(3)
    await end()
    server.close()
  })

  it('starts all processes and runs the sample in each when warming up', async () => {
    const { batcher, workers, end } = setUpProcess<string, unknown>(obedient, { size: 2 })
    await workers.warmUp(['sample'])
    expect(workers.stats()).toMatchObject({ alive: 2, starts: 2, running: 0 })
    expect(await rejectionOf(workers.warmUp(['throw']))).toHaveProperty('message', 'bad batch')
    expect(await batcher.process('after')).toBe('after')
    await end()
  })

  it('refuses batches once it is closed', async () => {
    const { batcher, workers } = setUpProcess<string, unknown>(obedient)
    await batcher.process('a')
    await workers.close()
    await workers.close()
    const { cause } = await rejectionOf(batcher.process('b'))
    expect(cause).toMatchObject({ code: 'JITNEY_WORKER_CLOSED' })
    await expect(workers.warmUp()).rejects.toMatchObject({ code: 'JITNEY_WORKER_CLOSED' })
  })

  it('ends running processes at the timeout of close()', async () => {
    const { batcher, workers } = setUpProcess<string, unknown>(obedient)
    const hanging = rejectionOf(batcher.process('hang'))
    while (workers.stats().running === 0) await new Promise(setImmediate)
    await workers.close({ timeout: 0 })
    expect((await hanging).cause).toBeInstanceOf(WorkerError)
    expect(workers.stats().alive).toBe(0)
  })

  it('starts anew after it was killed while it was idle', async () => {
    const { batcher, workers, end } = setUpProcess<string, unknown>(obedient)
    process.kill((await batcher.process('pid')) as number, 'SIGKILL')
    while (workers.stats().alive > 0) await new Promise(setImmediate)
    expect(await batcher.process('after')).toBe('after')
    expect(workers.stats()).toMatchObject({ crashes: 1, lostBatches: 0, starts: 2 })
    await end()
  })

  it('does not keep this process alive while it is idle', async () => {
    const exit = await runModule(`
      import { Batcher } from 'jitney'
      import { processBatch } from 'jitney/worker'
      const squares = new Batcher(processBatch(${JSON.stringify(program(squares))}))
      console.log(await squares.process(3))
    `)
    expect(exit).toEqual({ code: 0, stderr: '', stdout: '9\n' })
  })

  it('gives every caller a result or a typed error while it is killed at random', async () => {
    const { batcher, workers, end } = setUpProcess<number, number>(
      `console.error = () => {}
       const handle = ({ id, items }) => {
         if (Math.random() < 0.2) process.kill(process.pid, 'SIGKILL')
         answer({ id, results: items.map((n) => n * n) })
       }`,
      { size: 2 },
      { maxBatchSize: 10 },
    )
    const numbers = Array.from({ length: 400 }, (_, n) => n)
    const settled = await batcher.processAllSettled(numbers)
    const wrong = settled.filter((result, n) =>
      result.status === 'fulfilled'
        ? result.value !== n * n
        : result.reason.cause.signal !== 'SIGKILL' || !(result.reason instanceof BatchError),
    )
    expect(wrong).toEqual([])
    const { lostBatches, batches, waiting, running } = workers.stats()
    expect({ all: lostBatches + batches, waiting, running }).toEqual({
      all: 40,
      waiting: 0,
      running: 0,
    })
    await end()
  })

  it('serves the others when its processes are killed from outside, under load', async () => {
    const { batcher, workers, end } = setUpProcess<number, { pid: number; square: number }>(
      `const handle = ({ id, items }) =>
         setImmediate(() => answer({ id, results: items.map((n) => ({ pid: process.pid, square: n * n })) }))`,
      { size: 2 },
      { maxBatchSize: 5 },
    )
    let kills = 0
    const ask = async (n: number): Promise<boolean> => {
      const { pid, square } = await batcher.process(n)
      // Its process has the next batch by now.
      if (n % 23 === 0 && isAlive(pid)) kills += process.kill(pid, 'SIGKILL') ? 1 : 0
      return square === n * n
    }
    const settled = await Promise.allSettled(Array.from({ length: 600 }, (_, n) => ask(n)))
    const wrong = settled.filter((one) =>
      one.status === 'fulfilled' ? !one.value : one.reason.cause.signal !== 'SIGKILL',
    )
    expect(wrong).toEqual([])
    expect(kills).toBeGreaterThan(5)
    expect(workers.stats()).toMatchObject({ running: 0, waiting: 0 })
    expect((await batcher.process(3)).square).toBe(9)
    await end()
  })

  it.each([
    [
      { size: 0 },
      "Cannot create processBatch: 'size' must be an integer of at least 1, received 0",
    ],
    [{ graceTime: -1 }, "'graceTime' must be milliseconds of at least 0, received -1"],
    [{ askBy: 'shouting' }, "'askBy' must be 'none', 'message' or the name of a signal"],
    [{ restart: { minDelay: 'x' } }, "'restart.minDelay' must be"],
    [{ maxAnswerSize: 1.5 }, "'maxAnswerSize' must be an integer of at least 1, or Infinity"],
    [{ environment: { A: 1 } }, "'environment' must be an object of texts"],
    [{ folder: 3 }, "'folder' must be a text"],
    [{ threads: 3 }, "'option' must be one of"],
  ])('refuses the options %j', (options, message) => {
    expect(() => processBatch(['node'], options as never)).toThrow(message)
  })

  it.each(['node', [], [''], ['node', 3], undefined])('refuses the command %j', (command) => {
    expect(() => processBatch(command as never)).toThrow(
      "'command' must be an array of a program and its arguments",
    )
  })
})

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
