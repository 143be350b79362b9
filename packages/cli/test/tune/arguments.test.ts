import { describe, expect, it } from 'vitest'
import { readTuneArguments } from '../../src/commands/tune-arguments.ts'
import { UsageError } from '../../src/errors.ts'

function refusal(...argv: string[]): string {
  try {
    readTuneArguments(argv)
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
  return 'accepted'
}

const url = 'http://127.0.0.1:1/predict'

describe('readTuneArguments()', () => {
  it('has a minute, 16 at once and a page by default', () => {
    expect(readTuneArguments(['m.ts'])).toEqual({
      subject: { kind: 'module', file: 'm.ts', exportName: undefined },
      items: undefined,
      goal: { kind: 'throughput' },
      maxBatchSize: undefined,
      maxConcurrency: 16,
      time: 60_000,
      timeout: 30_000,
      isJson: false,
      page: 'jitney-tune.html',
    })
  })

  it('reads every flag', () => {
    const flags =
      '--items i.json --export predict --target latency --load 90/m --max-batch-size 64 ' +
      '--max-concurrency 4 --time 5000 --timeout 100 --json --html p.html'
    expect(readTuneArguments([...flags.split(' '), 'm.ts'])).toEqual({
      subject: { kind: 'module', file: 'm.ts', exportName: 'predict' },
      items: 'i.json',
      goal: { kind: 'latency', rate: 1.5 },
      maxBatchSize: 64,
      maxConcurrency: 4,
      time: 5000,
      timeout: 100,
      isJson: true,
      page: 'p.html',
    })
    expect(
      readTuneArguments(['--url', url, '--items', 'i', '--header', 'X-Key: 1', '--p95', '20']),
    ).toMatchObject({
      subject: { kind: 'url', text: url, headers: { 'x-key': '1' } },
      goal: { kind: 'p95', limit: 20 },
    })
  })

  it('writes no page beside JSON unless it is told where', () => {
    expect(readTuneArguments(['m.ts', '--json']).page).toBeUndefined()
  })

  it.each([
    [[], 'expected a module or --url, as in jitney tune ./model.ts, received nothing'],
    [
      ['m.ts', '--url', url],
      `expected a module or --url, as in jitney tune ./model.ts, received ${url} and m.ts`,
    ],
    [['a.ts', 'b.ts'], 'expected 1 argument, received 2: a.ts b.ts'],
    [['--url', url], '--url needs --items FILE'],
    [['--url', `${url}/{}`, '--items', 'i'], 'Cannot read --url: expected one without {}'],
    [['--url', 'ftp://x', '--items', 'i'], 'Cannot read --url: expected an http or https URL'],
    [['--url', url, '--items', 'i', '--export', 'x'], '--export needs a module'],
    [['m.ts', '--header', 'a: b'], '--header needs --url'],
    [['m.ts', '--load', '5'], '--load needs --target latency'],
    [
      ['m.ts', '--p95', '5', '--target', 'latency'],
      '--p95 goes with --target throughput, received --target latency',
    ],
    [
      ['m.ts', '--target', 'speed'],
      "Cannot read --target: expected throughput or latency, received 'speed'",
    ],
    [
      ['m.ts', '--p95', '0'],
      "Cannot read --p95: expected milliseconds above 0, or Infinity, received '0'",
    ],
    [
      ['m.ts', '--max-batch-size', '0'],
      "Cannot read --max-batch-size: expected an integer from 1 to 1000000, received '0'",
    ],
    [
      ['m.ts', '--max-concurency', '2'],
      'unknown flag --max-concurency; did you mean --max-concurrency?',
    ],
  ])('refuses %j: what is allowed, and what came', (argv, message) => {
    expect(refusal(...argv)).toContain(message)
  })
})
