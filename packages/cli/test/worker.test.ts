import { RateLimiter, Semaphore } from 'jitney'
import { memoryTransport, RemoteBatcher } from 'jitney/remote'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readWorkerArguments } from '../src/commands/worker-arguments.ts'
import { StartError, UsageError } from '../src/errors.ts'
import type { FunctionRoute } from '../src/kinds/route.ts'
import { openTransport } from '../src/queues/open-transport.ts'
import { startWorker } from '../src/queues/start-worker.ts'
import { TransportComplaints } from '../src/queues/transport-complaints.ts'
import { workerOptions } from '../src/queues/worker-options.ts'
import { workLine } from '../src/queues/work-line.ts'
import { CommandLine, fixture, run } from './helpers/command-line.ts'
import { until } from './helpers/until.ts'

const timeout = 60_000
/** Nobody listens there. */
const nowhere = { JITNEY_REDIS_URL: 'redis://ada:secret@127.0.0.1:1' }

describe('readWorkerArguments()', () => {
  it('reads what workers can be told', () => {
    const flags = ['--queue', 'q', '--sqlite', 'f.db', '--max-batch-size', '7', '--lease', '100']
    const more = ['--max-queue-time', 'adaptive', '--concurrency', '2', '--timeout', '50']
    const rest = ['--max-deliveries', '3', '--close-timeout', 'Infinity']
    expect(readWorkerArguments(['m.ts', ...flags, ...more, ...rest])).toEqual({
      file: 'm.ts',
      queue: 'q',
      sqlite: 'f.db',
      closeTimeout: Infinity,
      overrides: {
        maxBatchSize: 7,
        maxQueueTime: 'adaptive',
        concurrency: 2,
        timeout: 50,
        lease: 100,
        maxDeliveries: 3,
      },
    })
  })

  it.each([
    [[], 'expected a module, as in jitney worker ./model.ts, received nothing'],
    [['a.ts', 'b.ts'], 'expected 1 argument, received 2'],
    [['a.ts', '--leese', '5'], 'unknown flag --leese; did you mean --lease?'],
    [['a.ts', '--concurrency', 'Infinity'], 'Cannot read --concurrency: expected an integer'],
    [['a.ts', '--lease', '0'], 'Cannot read --lease: expected an integer from 1'],
    [['a.ts', '--queue', ''], 'Cannot read --queue: expected the name of a queue'],
    [['a.ts', '--queue', 'a b'], "letters, digits, _ . and -, received 'a b'"],
  ])('refuses %j', (parameters, words) => {
    const read = (): unknown => readWorkerArguments(parameters)
    expect(read).toThrow(UsageError)
    expect(read).toThrow(words)
  })
})

describe('workerOptions()', () => {
  it('says what the options of a batch function mean for a worker', () => {
    const when = (): boolean => true
    expect(
      workerOptions('q', {
        maxBatchSize: 9,
        maxQueueSize: 5,
        splitOnError: false,
        retry: { attempts: 4, minDelay: 1, maxDelay: 2, when },
      }),
    ).toMatchObject({
      maxBatchSize: 9,
      isolate: false,
      maxDeliveries: 4,
      retry: { minDelay: 1, maxDelay: 2, when },
    })
  })

  it.each([
    [{ batchKey: String }, 'a worker has no option batchKey; a client says the batchKey'],
    [{ weight: { of: () => 1, max: 5 } }, 'a worker has no option weight'],
    [{ rateLimit: new RateLimiter({ limit: 1, interval: 1 }) }, 'a worker has no option rateLimit'],
    [{ concurrency: new Semaphore(2) }, 'expected concurrency to be a number'],
  ])('refuses what a worker could not keep: %o', (options, words) => {
    expect(() => workerOptions('q', options)).toThrow(StartError)
    expect(() => workerOptions('q', options)).toThrow(words)
  })
})

describe('startWorker()', () => {
  const silent = { onBatch() {}, onFailure() {}, onError() {} }

  it('takes from its queue, the command line over the module, and tells of what failed', async () => {
    const transport = memoryTransport()
    const failures: unknown[] = []
    let batches = 0
    const failure = new Error('odd')
    const route: FunctionRoute = {
      name: 'n',
      options: { maxBatchSize: 50, retry: { attempts: 1, when: () => true } },
      batchFunction: (items) => {
        if (items.includes(13)) throw failure
        return items.map((item) => [item, items.length])
      },
    }
    const worker = startWorker('n', route, { maxBatchSize: 2, timeout: undefined }, transport, {
      ...silent,
      onBatch: () => {
        batches += 1
      },
      onFailure: (error) => failures.push(error),
    })
    const client = new RemoteBatcher('n', { transport })
    onTestFinished(async () => {
      client.abort()
      worker.abort()
    })
    const results = (await client.processAll([1, 2, 3, 4])) as [number, number][]
    expect(results.map(([item]) => item)).toEqual([1, 2, 3, 4])
    expect(Math.max(...results.map(([, size]) => size))).toBe(2)
    await expect(client.process(13)).rejects.toMatchObject({ code: 'JITNEY_REMOTE_GIVEN_UP' })
    expect(failures).toEqual([failure])
    await until(() => batches === 2 * worker.stats().batches)
    expect(workLine([worker.stats()])).toMatch(
      /^5 items in \d batches, [\d.]+ per batch; .*1 given up$/,
    )
  })

  it('refuses the name of a queue that is none, in words', () => {
    const route: FunctionRoute = { name: 'a~b', options: {}, batchFunction: (items) => items }
    expect(() => startWorker('a~b', route, {}, memoryTransport(), silent)).toThrow(
      /^Cannot work on a~b: .*'name' must be/,
    )
  })
})

describe('TransportComplaints', () => {
  it('says each thing once a minute, on one line', () => {
    const lines: string[] = []
    let now = 0
    const complaints = new TransportComplaints(
      (text) => lines.push(text),
      () => now,
    )
    for (; now < 90_000; now += 1000) complaints.report(new Error('away\nnow'))
    complaints.report(new AggregateError([new Error('ECONNREFUSED')]))
    expect(lines).toEqual([
      'Cannot reach the queue, trying again: away now',
      'Cannot reach the queue, trying again: away now',
      'Cannot reach the queue, trying again: ECONNREFUSED',
    ])
  })
})

describe('openTransport()', () => {
  it.each(['http://127.0.0.1', 'redis:///:::', 'secret'])(
    'refuses %s without repeating it',
    (url) => {
      process.env['JITNEY_REDIS_URL'] = url
      onTestFinished(() => {
        delete process.env['JITNEY_REDIS_URL']
      })
      expect(() => openTransport()).toThrow('expected JITNEY_REDIS_URL to be a URL')
    },
  )
})

describe('jitney worker', { timeout }, () => {
  it('--help lists the flags, with examples', async () => {
    const { code, stdout } = await run(['worker', '--help'])
    expect(code).toBe(0)
    for (const words of [
      '--lease',
      '--max-deliveries',
      'jitney worker ./model.ts',
      'JITNEY_REDIS_URL',
    ]) {
      expect(stdout).toContain(words)
    }
  })

  it.each([
    [['missing.ts'], {}, /^Cannot load .*missing\.ts: there is no such file\n$/],
    [['squares.ts'], {}, /^Cannot reach the queue: expected a URL in .*received neither\n$/],
    [['several.mts', '--queue', 'q'], nowhere, /^Cannot work on q: .* has several batch functions/],
  ])(
    'cannot start with %j: one line, exit code 1',
    async ([name, ...flags], environment, words) => {
      const { code, stderr } = await run(['worker', fixture(name!), ...flags], {
        JITNEY_REDIS_URL: '',
        ...environment,
      })
      expect(code).toBe(1)
      expect(stderr).toMatch(words)
      expect(stderr.trimEnd()).not.toContain('\n')
    },
  )

  it('waits for a server that is away, says so without the password, and stops in order', async () => {
    const worker = new CommandLine(['worker', fixture('squares.ts')], nowhere)
    await worker.until(() => worker.stderr.includes('\n'))
    expect(worker.stdout).toMatch(/^Working on squares as [\w.-]+\n/)
    expect(worker.stderr).toContain('Cannot reach the queue, trying again')
    expect(worker.stdout + worker.stderr).not.toContain('secret')
    worker.process.kill('SIGTERM')
    expect(await worker.exit).toEqual({ code: 0, signal: null })
    expect(worker.stdout).toContain('Stopped after 0 items in 0 batches')
  })
})
