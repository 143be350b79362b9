import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fixture } from '../helpers/command-line.ts'
import { sendJson, startServer } from '../helpers/http-server.ts'
import { readLines, runMap, startMap, temporaryFolder } from '../helpers/map-run.ts'

const timeout = 180_000
const double = fixture('map-double.ts')

interface OutputLine {
  readonly index: number
  readonly result?: number
  readonly item?: number
}

function numbers(count: number): string {
  return Array.from({ length: count }, (_, number) => `${number}\n`).join('')
}

describe('jitney map --output --resume', { timeout }, () => {
  it.each([['in input order'], ['as they come', '--unordered']])(
    'killed ten times over 100,000 lines, writes one line each, %s',
    async (_, ...flags) => {
      const folder = temporaryFolder()
      const output = join(folder, 'out.ndjson')
      const errors = join(folder, 'errors.ndjson')
      const count = 100_000
      const input = numbers(count)
      const args = [fixture('map-killed.ts'), '--output', output, '--errors', errors, '--resume']
      let kills = 0
      for (; kills < 10; kills++) {
        const killAt = `${1 + Math.floor(Math.random() * (count / 11))}`
        const { signal } = await runMap([...args, ...flags], {
          input,
          environment: { KILL_AT: killAt },
        })
        expect(signal).toBe('SIGKILL')
      }
      const { code, stderr } = await runMap([...args, ...flags], { input })
      expect([code, kills]).toEqual([1, 10])
      expect(stderr).toContain('done before')

      const lines = readLines(readFileSync(output, 'utf8')) as OutputLine[]
      const indexes = lines.map(({ index }) => index)
      if (flags.length > 0) indexes.sort((left, right) => left - right)
      expect(indexes).toEqual(Array.from({ length: count }, (__, index) => index))
      expect(
        lines.every(({ index, result }) => result === (index % 10 === 0 ? undefined : index)),
      ).toBe(true)
      const failed = readLines(readFileSync(errors, 'utf8')) as OutputLine[]
      expect(failed.map(({ item }) => item).sort((left, right) => left! - right!)).toEqual(
        Array.from({ length: count / 10 }, (__, index) => index * 10),
      )
      expect(existsSync(`${output}.journal`)).toBe(false)

      // All is done, and some of it failed in runs before this one.
      const again = await runMap([...args, ...flags], { input })
      expect(again.code).toBe(1)
      expect(again.stderr).toContain('(100,000 done before, 10,000 of them failed)')
      expect(readLines(readFileSync(output, 'utf8'))).toHaveLength(count)
    },
  )

  it('goes on after half a line, without a journal too', async () => {
    const output = join(temporaryFolder(), 'out.ndjson')
    writeFileSync(output, '{"index":0,"result":0}\n{"index":1,"res')
    const { code } = await runMap([double, '--output', output, '--resume'], { input: numbers(3) })
    expect(code).toBe(0)
    expect(readLines(readFileSync(output, 'utf8'))).toEqual([
      { index: 0, result: 0 },
      { index: 1, result: 2 },
      { index: 2, result: 4 },
    ])
  })

  it('goes on after SIGINT, and says how', async () => {
    const output = join(temporaryFolder(), 'out.ndjson')
    const run: { map?: ReturnType<typeof startMap> } = {}
    const server = await startServer(({ url }, response) => {
      if (url === '/50') run.map?.process.kill('SIGINT')
      sendJson(response, url)
    })
    const args = ['--url', `${server.url}/{}`, '--concurrency', '4', '--output', output]
    run.map = startMap(args, { input: numbers(100_000) })
    const { code, stderr } = await run.map.exit
    expect(code).toBe(130)
    expect(stderr).toContain('To go on, run it again with the same input and --resume')
    const done = readLines(readFileSync(output, 'utf8')).length
    expect(done).toBe(server.received.length)
    run.map = undefined as never
    const resumed = await runMap([...args, '--resume'], { input: numbers(done + 10) })
    expect(resumed.code).toBe(0)
    expect(readLines(readFileSync(output, 'utf8'))).toEqual(
      Array.from({ length: done + 10 }, (_, index) => ({ index, result: `/${index}` })),
    )
    expect(server.received).toHaveLength(done + 10)
  })

  it('destroys nothing: a file that holds something, another input, another order, no output of its own', async () => {
    const folder = temporaryFolder()
    const output = join(folder, 'out.ndjson')
    const other = join(folder, 'other.txt')
    const content = '{"index":1,"result":2}\n{"index":0,"result":0}\n'
    writeFileSync(output, content)
    writeFileSync(other, 'a letter')
    for (const [args, message] of [
      [[output], /it exists; --resume goes on with it, --overwrite replaces it/],
      [[output, '--resume'], /not in input order; go on with --unordered/],
      [[other, '--resume'], /jitney map did not write it; nothing was changed/],
      [[folder], /expected a file, received a folder/],
    ] as const) {
      const { code, stderr } = await runMap([double, '--output', ...args], { input: numbers(3) })
      expect([code, stderr]).toEqual([1, expect.stringMatching(message)])
    }
    expect([readFileSync(output, 'utf8'), readFileSync(other, 'utf8')]).toEqual([
      content,
      'a letter',
    ])
    const overwritten = await runMap([double, '--output', output, '--overwrite'], {
      input: numbers(1),
    })
    expect([overwritten.code, readFileSync(output, 'utf8')]).toEqual([
      0,
      '{"index":0,"result":0}\n',
    ])
  })

  it('does not write to its own input', async () => {
    const file = join(temporaryFolder(), 'numbers')
    writeFileSync(file, numbers(3))
    const stdin = openSync(file, 'r')
    onTestFinished(() => closeSync(stdin))
    const output = ['--output', file]
    for (const args of [
      output,
      [...output, '--overwrite'],
      [...output, '--resume'],
      ['--errors', file, '--overwrite'],
    ]) {
      const { code, stderr } = await runMap([double, ...args], { stdin })
      expect([code, stderr]).toEqual([1, expect.stringContaining('it is the input')])
    }
    expect(readFileSync(file, 'utf8')).toBe(numbers(3))
  })

  it.runIf(['linux', 'win32'].includes(process.platform))(
    'is one of one run at a time, also if that is killed',
    async () => {
      const output = join(temporaryFolder(), 'out.ndjson')
      const written = writtenTo(output)
      const input = new Readable({ read() {} })
      input.push(numbers(3))
      const first = startMap([double, '--output', output], { input })
      await written
      for (const mode of ['--resume', '--overwrite']) {
        const { code, stderr } = await runMap([double, '--output', output, mode])
        expect([code, stderr]).toEqual([1, expect.stringContaining('another jitney map is writ')])
      }
      first.process.kill('SIGKILL')
      await first.exit
      const { code } = await runMap([double, '--output', output, '--resume'], { input: numbers(9) })
      expect(code).toBe(0)
    },
  )

  it('does not go on with the results of another input', async () => {
    const output = join(temporaryFolder(), 'out.ndjson')
    const killed = await runMap([fixture('map-killed.ts'), '--output', output], {
      input: Readable.from(inputThatWaits(output)),
      environment: { KILL_AT: '200' },
    })
    expect(killed.signal).toBe('SIGKILL')
    const { code, stderr } = await runMap(
      [fixture('map-killed.ts'), '--output', output, '--resume'],
      {
        input: '5\n6\n',
      },
    )
    expect([code, stderr]).toEqual([3, expect.stringContaining('another input')])
  })

  it('does not take a shorter input for the same', async () => {
    const output = join(temporaryFolder(), 'out.ndjson')
    await runMap([double, '--output', output], { input: numbers(3) })
    const again = [double, '--output', output, '--resume']
    const { code, stderr } = await runMap(again, { input: numbers(2) })
    expect([code, stderr]).toEqual([3, expect.stringContaining('another input, with more lines')])
    expect((await runMap(again, { input: numbers(3) })).code).toBe(0)
    expect((await runMap(again, { input: numbers(4) })).code).toBe(0)
    expect(readLines(readFileSync(output, 'utf8'))).toHaveLength(4)
  })
})

/** Resolves when a file holds something. */
function writtenTo(file: string): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!existsSync(file) || readFileSync(file).length === 0) return
      watcher.close()
      resolve()
    }
    const watcher = watch(dirname(file), look)
    look()
  })
}

/** A hundred lines, and the rest when the journal is there. */
async function* inputThatWaits(output: string): AsyncGenerator<string> {
  yield numbers(100)
  await writtenTo(`${output}.journal`)
  yield numbers(200)
}

describe('jitney map, when its output fails', { timeout }, () => {
  it('a full disk: a message, exit code 3, whole lines, and it goes on when there is room', async () => {
    const folder = temporaryFolder()
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
    // Where nobody may mount, a device that is always full has to do.
    const output = mounted.status === 0 ? join(disk, 'out.ndjson') : '/dev/full'
    if (mounted.status === 0) {
      onTestFinished(() => void spawnSync('umount', ['--lazy', disk]))
    }
    const { code, stderr } = await runMap([double, '--output', output], { input: numbers(10_000) })
    expect(code).toBe(3)
    expect(stderr).toMatch(/Cannot write --output .*: ENOSPC: no space left on device/)
    if (mounted.status !== 0) return
    const before = readLines(readFileSync(output, 'utf8')).length
    expect(before).toBeGreaterThan(100)
    expect(stderr).toContain('--resume')
    spawnSync('mount', ['-o', 'remount,size=4m', disk])
    const resumed = await runMap([double, '--output', output, '--resume'], {
      input: numbers(10_000),
    })
    expect(resumed.code).toBe(0)
    expect(readLines(readFileSync(output, 'utf8'))).toHaveLength(10_000)
  })

  it('a full device as standard output', async () => {
    const full = openSync('/dev/full', 'w')
    onTestFinished(() => closeSync(full))
    const { code, stderr } = await runMap([double], { input: numbers(10_000), stdout: full })
    expect(code).toBe(3)
    expect(stderr).toContain('Cannot write the output: ENOSPC')
  })

  it('a pipe that was closed: exit code 141, and no more than was in flight', async () => {
    const folder = temporaryFolder()
    const codes = join(folder, 'codes')
    const server = await startServer((_, response) => response.end('x'))
    const { stdout, stderr } = await runMap(['--url', `${server.url}/{}`], {
      input: numbers(1_000_000),
      wrapper: '"$@" | head -n 3; echo "${PIPESTATUS[0]}" > "$CODES"',
      environment: { CODES: codes },
    })
    expect(readLines(stdout)).toHaveLength(3)
    expect(readFileSync(codes, 'utf8')).toBe('141\n')
    expect(stderr).toContain('Cannot write the output: whoever read it closed it')
    expect(server.received.length).toBeLessThan(100_000)
  })

  it('a reader that reads slowly stops the input, not the process', async () => {
    const map = startMap([double], { input: Readable.from(endless()) })
    map.process.stdout!.pause()
    await map.says('done,')
    map.process.kill('SIGINT')
    await map.says('Stopping (SIGINT)')
    map.process.stdout!.resume()
    const { code, stdout } = await map.exit
    expect(code).toBe(130)
    expect(readLines(stdout).length).toBeGreaterThan(1000)
  })
})

function* endless(): Generator<string> {
  const lines = numbers(1000)
  for (;;) yield lines
}

describe('jitney map, when its input fails', { timeout }, () => {
  it('a folder instead of a file: a message and exit code 3', async () => {
    const folder = openSync(temporaryFolder(), 'r')
    onTestFinished(() => closeSync(folder))
    const { code, stderr } = await runMap([double], { stdin: folder })
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('Cannot read the input: it is a folder'),
    ])
  })
})

describe('jitney map, when its input is too much', { timeout }, () => {
  it('a line of 100 MB fails alone, and is never held', async () => {
    const { code, stdout, stderr } = await runMap([double], { input: Readable.from(longLine()) })
    expect(code).toBe(1)
    expect(readLines(stdout)).toEqual([
      { index: 0, result: 2 },
      {
        index: 1,
        error: {
          code: 'JITNEY_LINE_TOO_LONG',
          message: expect.stringContaining('--max-line-size'),
        },
      },
      { index: 2, result: 6 },
    ])
    expect(Number(/^Peak memory: (\d+) MB$/m.exec(stderr)![1])).toBeLessThan(250)
  })

  it('200 MB of lines need no more memory than 2 MB of them', async () => {
    const peak = async (count: number): Promise<number> => {
      const { code, stderr } = await runMap([double, '--output', '/dev/null'], {
        input: Readable.from(manyLines(count)),
      })
      expect(code).toBe(1)
      expect(stderr).toContain(`${(count * 20).toLocaleString('en')} failed`)
      return Number(/^Peak memory: (\d+) MB$/m.exec(stderr)![1])
    }
    const few = await peak(2)
    expect(await peak(200)).toBeLessThan(few + 200)
  })

  it('text that is not UTF-8 fails alone', async () => {
    const input = Buffer.concat([Buffer.from('1\n'), Buffer.from([0xff, 0x0a]), Buffer.from('3')])
    const { stdout } = await runMap([double], { input })
    expect(readLines(stdout)).toMatchObject([
      { result: 2 },
      { error: { code: 'JITNEY_LINE_MALFORMED', message: 'The line is not UTF-8' } },
      { result: 6 },
    ])
  })
})

function* longLine(): Generator<string> {
  yield '1\n'
  for (let megabyte = 0; megabyte < 100; megabyte++) yield 'x'.repeat(2 ** 20)
  yield '\n3\n'
}

/** So many megabytes in lines of 50 kB, none of them JSON. */
function* manyLines(megabytes: number): Generator<string> {
  const line = `${'x'.repeat(49_999)}\n`
  for (let count = 0; count < megabytes * 20; count++) yield line
}
