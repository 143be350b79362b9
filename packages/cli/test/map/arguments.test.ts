import { describe, expect, it } from 'vitest'
import * as flagTypes from '../../src/arguments/flag-types.ts'
import { readMapArguments } from '../../src/commands/map-arguments.ts'
import { UsageError } from '../../src/errors.ts'
import { run } from '../helpers/command-line.ts'
import { runMap } from '../helpers/map-run.ts'

const timeout = 60_000
const url = 'http://127.0.0.1:1'

describe('readMapArguments()', () => {
  it('has a default for everything but what to do', () => {
    expect(readMapArguments(['m.ts'])).toEqual({
      work: { kind: 'module', file: 'm.ts' },
      format: 'ndjson',
      batchSize: undefined,
      concurrency: undefined,
      isOrdered: true,
      rate: undefined,
      timeout: Infinity,
      retries: 0,
      maxRetryDelay: 60_000,
      output: undefined,
      errors: undefined,
      mode: 'new',
      maxLineSize: 10_485_760,
      maxResultSize: 10_485_760,
    })
  })

  it('reads every flag', () => {
    const flags =
      '--method put --header a:b --header A:c --format ndjson --batch-size 2 --concurrency 3 --unordered ' +
      '--rate 30/m --timeout 4 --retry 5 --max-retry-delay 0 --output o --resume --errors e ' +
      '--max-line-size 1k --max-result-size 2k'
    expect(readMapArguments(['--url', url, ...flags.split(' ')])).toMatchObject({
      work: { kind: 'url', method: 'PUT', headers: { a: ['b', 'c'] } },
      batchSize: 2,
      concurrency: 3,
      isOrdered: false,
      rate: { limit: 30, interval: 60_000 },
      timeout: 4,
      retries: 5,
      maxRetryDelay: 0,
      output: 'o',
      errors: 'e',
      mode: 'resume',
      maxLineSize: 1024,
      maxResultSize: 2048,
    })
  })

  it('takes text where {} takes the item, and JSON elsewhere', () => {
    const format = (...argv: string[]): string => readMapArguments(argv).format
    expect(format('--url', `${url}/{}`)).toBe('lines')
    expect(format('--url', `${url}/{id}`)).toBe('ndjson')
    expect(format('--url', url)).toBe('ndjson')
    expect(format('--exec', 'a {}')).toBe('lines')
    expect(format('--exec', 'a')).toBe('lines')
    expect(format('--exec', 'a {id}')).toBe('ndjson')
    expect(format('m.ts', '--format', 'lines')).toBe('lines')
  })

  it.each([
    [
      [],
      'expected one of --url, --exec or a module, as in jitney map ./fetch-one.ts, received nothing',
    ],
    [['m.ts', '--url', url], 'received --url and m.ts'],
    [['m.ts', '--method', 'PUT'], '--method needs --url'],
    [['m.ts', '--header', 'a: b'], '--header needs --url'],
    [['m.ts', '--shell'], '--shell needs --exec'],
    [['m.ts', '--resume'], '--resume needs --output'],
    [['m.ts', '--overwrite'], '--overwrite needs --output or --errors'],
    [['m.ts', '--output', 'o', '--resume', '--overwrite'], 'received both'],
    [['m.ts', '--output', 'o', '--errors', 'o'], 'received o and o'],
    [['m.ts', '--output', 'o', '--errors', './a/../o'], 'received o and ./a/../o'],
    [['m.ts', '--output', 'o', '--errors', './o.journal'], 'received o and ./o.journal'],
    [['--exec', 'a', '--batch-size', '2'], '--batch-size needs --url or a module'],
    [['--url', `${url}/{}`, '--batch-size', '2'], 'expected a --url without {}'],
    [
      ['--url', url, '--method', 'GET', '--batch-size', '2'],
      'expected a --method with one, received GET',
    ],
    [['--url', `${url}/{id}`, '--format', 'lines'], '{id} is a field of a JSON object'],
    [['--exec', ' '], 'expected a command'],
    [['--exec', "a 'b"], "Cannot read --exec: a quote is not closed in a 'b"],
    [['--exec', 'a \\'], 'Cannot read --exec: nothing follows its last backslash in a \\'],
    [
      ['m.ts', '--concurrency', '0'],
      'Cannot read --concurrency: expected an integer from 1 to 1000000',
    ],
    [['m.ts', '--concurrency', 'Infinity'], 'Cannot read --concurrency: expected an integer'],
    [
      ['m.ts', '--retry', '-1'],
      "Cannot read --retry: expected an integer from 0 to 1000000, received '-1'",
    ],
    [['m.ts', '--rate', '0'], 'Cannot read --rate: expected a rate above 0'],
    [['m.ts', '--format', 'csv'], "Cannot read --format: expected lines or ndjson, received 'csv'"],
    [['m.ts', '--ouput', 'x'], 'unknown flag --ouput; did you mean --output?'],
    [['a.ts', 'b.ts'], 'expected 1 argument, received 2'],
  ])('refuses %j by name', (argv, message) => {
    const read = (): unknown => readMapArguments(argv)
    expect(read).toThrow(UsageError)
    expect(read).toThrow(message)
  })

  it('shows no header that it refuses: it may be a secret', () => {
    expect(() => readMapArguments(['--url', url, '--header', 'Auth orization: secret'])).toThrow(
      /^Cannot read --header: .* received 'Auth orization'$/,
    )
    expect(() => readMapArguments(['--url', url, '--header', 'secret'])).toThrow(
      /^Cannot read --header: .* received a text without a colon$/,
    )
    expect(() => readMapArguments(['--url', url, '--header', 'Content-Length: 1'])).toThrow(
      /expected a header other than .*content-length/,
    )
  })
})

describe('A rate', () => {
  it('is whole units in the time that they may take', () => {
    const read = flagTypes.rate('--rate')
    expect(read('100')).toEqual({ limit: 100, interval: 1000 })
    expect(read('90/h')).toEqual({ limit: 90, interval: 3_600_000 })
    expect(read('0.5/s')).toEqual({ limit: 1, interval: 2000 })
    expect(read('2.5')).toEqual({ limit: 2, interval: 800 })
    for (const given of ['', 'fast', '-1', '1/d', '1e3'])
      expect(() => read(given)).toThrow(/--rate/)
  })
})

describe('jitney map', { timeout }, () => {
  it('--help has examples and the exit codes', async () => {
    const { code, stdout } = await run(['map', '--help'])
    expect(code).toBe(0)
    expect(stdout).toContain(
      "jitney map --url 'http://127.0.0.1:8080/users/{}' --concurrency 1000 < ids.txt",
    )
    for (const exit of ['0', '1', '2', '3', '130', '143', '141']) {
      expect(stdout).toMatch(new RegExp(`^ +${exit} {2,}\\w`, 'm'))
    }
  })

  it('is among the commands of --help', async () => {
    const { stdout } = await run(['--help'])
    expect(stdout).toMatch(/map +Do something for each line/)
  })

  it('names the limit of open files if it is too low for --concurrency', async () => {
    const limited = await runMap(['--exec', 'echo {}', '--concurrency', '1000'], {
      input: 'a\n',
      wrapper: 'ulimit -n 100; "$@"',
    })
    expect(limited.code).toBe(0)
    expect(limited.stderr).toContain(
      'Warning: --concurrency 1000 needs about 2040 open files, and the limit is 100 (ulimit -n)',
    )
    const enough = await runMap(['--exec', 'echo {}', '--concurrency', '2'], { input: 'a\n' })
    expect(enough.stderr).not.toContain('Warning')
  })
})
