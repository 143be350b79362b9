import { describe, expect, it } from 'vitest'
import { closest } from '../src/arguments/closest.ts'
import * as flagTypes from '../src/arguments/flag-types.ts'
import { readServeArguments } from '../src/commands/serve-arguments.ts'
import { UsageError } from '../src/errors.ts'
import { fixture, run } from './helpers/command-line.ts'

const timeout = 60_000

describe('jitney', { timeout }, () => {
  it('--help lists the commands, with examples', async () => {
    const { code, stdout } = await run(['--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/serve +Serve the batch functions/)
    expect(stdout).toContain('jitney serve ./model.ts')
  })

  it('--version prints it', async () => {
    const { code, stdout } = await run(['--version'])
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
  })

  it('without a command shows the help, and that this is not success', async () => {
    const { code, stdout } = await run([])
    expect(code).toBe(2)
    expect(stdout).toContain('serve')
  })

  it('serve --help lists the flags, with examples', async () => {
    const { code, stdout } = await run(['serve', '--help'])
    expect(code).toBe(0)
    for (const flag of ['--port', '--max-body-size', '--close-timeout', '--max-queue-time']) {
      expect(stdout).toContain(flag)
    }
    expect(stdout).toContain('jitney serve ./model.ts --port 9000')
  })

  it.each([
    [['srve'], 'Cannot run jitney srve: unknown command; did you mean serve?'],
    [
      ['bake'],
      'Cannot run jitney bake: unknown command; the commands are map, queue, serve, tune, worker',
    ],
    [
      ['constructor'],
      'Cannot run jitney constructor: unknown command; the commands are map, queue, serve, tune, worker',
    ],
    [['--prot'], 'Cannot run jitney: unknown flag --prot; jitney --help lists the flags'],
    [
      ['serve'],
      'Cannot run jitney serve: expected a module or a configuration, as in jitney serve ./model.ts, received nothing',
    ],
    [
      ['serve', 'a.ts', '--port', 'x'],
      "Cannot read --port: expected an integer from 0 to 65535, received 'x'",
    ],
  ])('%j is a usage error: one line and exit code 2', async (args, message) => {
    expect(await run(args)).toEqual({ code: 2, signal: null, stdout: '', stderr: `${message}\n` })
  })

  it.each([
    ['missing.ts', /^Cannot load .*missing\.ts: there is no such file\n$/],
    ['throws.ts', /^Cannot load .*throws\.ts: no database \(.*throws\.ts:3:7\)\n$/],
    ['nothing.ts', /^Cannot serve .*nothing\.ts: .*received a module without exports\n$/],
    [
      'constant.ts',
      /^Cannot serve .*constant\.ts: expected the export 'version' to be .*received '1\.0\.0'\n$/,
    ],
    ['reserved.ts', /^Cannot serve .*reserved\.ts: the export 'healthz' would hide/],
    [
      'misspelt.ts',
      /^Cannot serve \/misspelt: .*'option' must be one of maxBatchSize.*received "maxBatchSise"/,
    ],
  ])('serve %s cannot start: one line, exit code 1 and no stack', async (name, message) => {
    const { code, stdout, stderr } = await run(['serve', fixture(name), '--port', '0'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(message)
    expect(stderr.trimEnd()).not.toContain('\n')
  })

  it('shows the stack with NODE_DEBUG=jitney', async () => {
    const { code, stderr } = await run(['serve', fixture('throws.ts')], { NODE_DEBUG: 'jitney' })
    expect(code).toBe(1)
    expect(stderr).toMatch(/\n +at /)
  })
})

describe('readServeArguments()', () => {
  const refusal = (...argv: string[]): string => {
    try {
      readServeArguments(argv)
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      return (error as UsageError).message
    }
    return 'accepted'
  }

  it('overrides nothing of the module or the configuration by itself', () => {
    expect(readServeArguments(['m.ts'])).toEqual({ file: 'm.ts', service: {}, overrides: {} })
  })

  it('reads every flag', () => {
    const flags =
      '--host ::1 --port 0 --allowed-host a --allowed-host=b --max-body-size 2k --max-connections 5 ' +
      '--request-timeout 1.5 --close-timeout Infinity --max-batch-size 3 --max-queue-time adaptive ' +
      '--concurrency infinity --timeout 20 --max-queue-size 9'
    expect(readServeArguments([...flags.split(' '), 'm.ts'])).toEqual({
      file: 'm.ts',
      service: {
        host: '::1',
        port: 0,
        allowedHosts: ['a', 'b'],
        maxBodySize: 2048,
        maxConnections: 5,
        requestTimeout: 1.5,
        closeTimeout: Infinity,
      },
      overrides: {
        maxBatchSize: 3,
        maxQueueTime: 'adaptive',
        concurrency: Infinity,
        timeout: 20,
        maxQueueSize: 9,
      },
    })
  })

  it('refuses a flag that does not exist and says which was meant', () => {
    expect(refusal('m.ts', '--prot', '9000')).toContain('unknown flag --prot; did you mean --port?')
    expect(refusal('m.ts', '--max-batch-sise', '5')).toContain('did you mean --max-batch-size?')
    expect(refusal('m.ts', '--frobnicate')).toContain(
      'unknown flag --frobnicate; jitney serve --help',
    )
    expect(refusal('m.ts', '-x')).toContain('unknown flag -x')
  })

  it('refuses a second module', () => {
    expect(refusal('a.ts', 'b.ts')).toContain('expected 1 argument, received 2: a.ts b.ts')
  })

  it('refuses what does not go together, and says what came', () => {
    expect(refusal('m.ts', '--listen', 's', '--port', '1')).toBe(
      'Cannot run jitney serve: --listen stands instead of --host and --port, received --port as well',
    )
    expect(refusal('m.ts', '--listen', 's', '--host', '::1')).toContain('received --host as well')
    expect(refusal('m.ts', '--processes', '2')).toContain('--processes goes with --exec only')
    expect(refusal('--exec', 'cat', 'm.ts')).toContain('received m.ts as well')
    expect(refusal('c.yaml', '--threads', '2')).toContain('--threads goes with a module')
  })

  it('refuses a command that has no words, or whose last one does not end', () => {
    expect(refusal('--exec', ' ')).toContain("--exec: expected a command, as 'python model.py'")
    expect(refusal('--exec', "a 'b")).toBe("Cannot read --exec: a quote is not closed in a 'b")
  })

  it('shows a negative number as what came', () => {
    expect(refusal('m.ts', '--timeout', '-1')).toBe(
      "Cannot read --timeout: expected milliseconds above 0, or Infinity, received '-1'",
    )
    expect(refusal('m.ts', '--', '-1')).toContain('expected 1 argument, received 2')
  })

  it('refuses a flag without its value', () => {
    expect(refusal('m.ts', '--port')).toBe(
      'Cannot read --port: expected an integer from 0 to 65535, received nothing',
    )
    expect(refusal('m.ts', '--host=')).toBe(
      'Cannot read --host: expected a value, received nothing',
    )
  })
})

describe('A flag', () => {
  it.each([
    [
      flagTypes.integer('--x', 0, 65_535),
      ['0', '65535'],
      ['65536', '-1', '1.5', '1e3', ' 1', '0x1', '', 'NaN'],
    ],
    [
      flagTypes.count('--x'),
      ['1', '9007199254740991', 'Infinity'],
      ['0', '-1', '1.5', '9007199254740992', ''],
    ],
    [flagTypes.duration('--x'), ['1', '0.5', 'infinity'], ['0', '-1', '1s', '.5', '5.', '']],
    [flagTypes.queueTime('--x'), ['0', '5', 'adaptive', 'Infinity'], ['-1', 'fast', '']],
    [
      flagTypes.bytes('--x'),
      ['1', '64k', '1M', '2GB', '5b'],
      ['0', '0k', '1t', '1.5m', '-1', 'k', '', '9999999999g'],
    ],
    [flagTypes.text('--x'), ['a', ' '], ['']],
  ] as const)('takes what it is for and refuses the rest by its name', (type, good, bad) => {
    for (const given of good) expect(() => type(given)).not.toThrow()
    for (const given of bad) {
      expect(() => type(given)).toThrow(/^Cannot read --x: expected .*, received /)
    }
  })

  it('counts bytes in powers of 1024', () => {
    const read = flagTypes.bytes('--x')
    expect(['5', '64k', '1m', '2G'].map(read)).toEqual([5, 65_536, 1_048_576, 2_147_483_648])
  })
})

describe('closest()', () => {
  it('finds what was meant within two edits, and nothing beyond', () => {
    const words = ['serve', 'map', 'tune']
    expect(closest('srve', words)).toBe('serve')
    expect(closest('sevre', words)).toBe('serve')
    expect(closest('serving', words)).toBeUndefined()
    expect(closest('m', words)).toBeUndefined()
    expect(closest('', words)).toBeUndefined()
    expect(closest('mp', words)).toBe('map')
  })
})
