import { describe, expect, it } from 'vitest'
import { fixture } from '../helpers/command-line.ts'
import { readLines, runMap } from '../helpers/map-run.ts'

const timeout = 60_000

describe('jitney map MODULE', { timeout }, () => {
  it('calls its function with what each line says', async () => {
    const { code, stdout } = await runMap([fixture('map-double.ts')], { input: '1\n2\n{"a":\n\n3' })
    expect(code).toBe(1)
    expect(readLines(stdout)).toEqual([
      { index: 0, result: 2 },
      { index: 1, result: 4 },
      {
        index: 2,
        error: { code: 'JITNEY_LINE_MALFORMED', message: expect.stringContaining('not JSON') },
      },
      {
        index: 3,
        error: { code: 'JITNEY_LINE_MALFORMED', message: expect.stringContaining('empty') },
      },
      { index: 4, result: 6 },
    ])
  })

  it('gives arrays to it with --batch-size; an Error fails its item alone', async () => {
    const { stdout } = await runMap([fixture('map-arrays.ts'), '--batch-size', '3'], {
      input: '1\n-2\n3\n99\n',
    })
    expect(readLines(stdout)).toEqual([
      { index: 0, result: [1, 3] },
      { index: 1, error: { code: 'JITNEY_ITEM_FAILED', message: 'negative' } },
      { index: 2, result: [3, 3] },
      {
        index: 3,
        error: { code: 'JITNEY_WRONG_RESULT', message: expect.stringContaining('received 2') },
      },
    ])
  })

  it('awaits promises in an array of results; one that rejects, and a hole, concern their item alone', async () => {
    const { stdout } = await runMap([fixture('map-promises.ts'), '--batch-size', '4'], {
      input: '1\n-2\n0\n3\n',
    })
    expect(readLines(stdout)).toEqual([
      { index: 0, result: 1 },
      { index: 1, error: { code: 'JITNEY_ITEM_FAILED', message: 'negative' } },
      { index: 2, result: null },
      { index: 3, result: 3 },
    ])
  })

  it('makes a line with a code and a message of whatever its function throws', async () => {
    const input = Array.from({ length: 10 }, (_, number) => `${number}\n`).join('')
    const { code, stdout } = await runMap([fixture('map-throws.ts')], { input })
    expect(code).toBe(1)
    expect(readLines(stdout)).toEqual(
      Array.from({ length: 10 }, (_, index) => ({
        index,
        error: { code: expect.stringMatching(/^JITNEY_/), message: expect.stringMatching(/./) },
      })),
    )
  })

  it('does not end as if all were done when its function never can, or ends the process', async () => {
    const stalled = await runMap([fixture('map-ends.ts')], { input: '0\n1\n3\n' })
    expect([stalled.code, stalled.stdout]).toEqual([3, '{"index":0,"result":0}\n'])
    expect(stalled.stderr).toMatch(
      /^Stopped: 1 item [^]*the module waits for what can never happen/,
    )
    const ended = await runMap([fixture('map-ends.ts')], { input: '0\n2\n3\n' })
    expect([ended.code, ended.stderr]).toEqual([3, 'Cannot go on: the module ended the process\n'])
  })

  it('lets defineBatch say how it wants its batches', async () => {
    const input = Array.from({ length: 40 }, (_, number) => `${number === 7 ? -7 : number}\n`).join(
      '',
    )
    const { stdout } = await runMap([fixture('map-batch.ts')], { input })
    const lines = readLines(stdout) as { result?: [number, number]; error?: { message: string } }[]
    expect(lines[7]!.error!.message).toBe('negative')
    expect(lines.map(({ result }) => result?.[0] ?? 7)).toEqual(lines.map((_, index) => index))
    const sizes = lines.map(({ result }) => result?.[1] ?? 0)
    expect(Math.max(...sizes)).toBeGreaterThan(1)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(10)
  })

  it('fails what does not heed its signal at --timeout, and everything ends', async () => {
    const { code, stdout } = await runMap(
      [fixture('map-deaf.ts'), '--concurrency', '2', '--timeout', '50'],
      { input: '0\n1\n3\n2\n' },
    )
    expect(code).toBe(1)
    // Two calls never end and hold both places, so the last item times out as well.
    expect(readLines(stdout)).toMatchObject([
      { result: 0 },
      { error: { code: 'JITNEY_TIMEOUT' } },
      { error: { code: 'JITNEY_TIMEOUT' } },
      { error: { code: 'JITNEY_TIMEOUT' } },
    ])
  })

  it('refuses a module without one function, by name', async () => {
    for (const [file, message] of [
      [
        'map-several.ts',
        /Cannot map with .*: expected one function .* received several .*: one, two\n$/,
      ],
      [
        'map-constant.ts',
        /Cannot map with .*: expected its export to be a function, received '1\.0\.0'\n$/,
      ],
      ['missing.ts', /Cannot load .*: there is no such file\n$/],
    ] as const) {
      const { code, stdout, stderr } = await runMap([fixture(file)])
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr).toMatch(message)
    }
  })
})
