import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readLines, runMap, startMap, temporaryFolder } from '../helpers/map-run.ts'

const timeout = 60_000

describe('jitney map --exec', { timeout }, () => {
  it('runs a command per line, without a shell', async () => {
    const folder = temporaryFolder()
    const item = `$(touch ${join(folder, 'pwned')}) * ; "'`
    const { code, stdout } = await runMap(['--exec', "echo 'a b' {}.png -{}-"], {
      input: `x\n${item}\n`,
    })
    expect(code).toBe(0)
    expect(readLines(stdout)).toEqual([
      { index: 0, result: 'a b x.png -x-' },
      { index: 1, result: `a b ${item}.png -${item}-` },
    ])
    expect(existsSync(join(folder, 'pwned'))).toBe(false)
  })

  it('gives an item without a place on the standard input', async () => {
    const { stdout } = await runMap(['--exec', 'wc -c'], { input: 'abc\n' })
    expect(readLines(stdout)).toEqual([{ index: 0, result: expect.stringMatching(/^\s*4$/) }])
  })

  it('never makes an item a part of the script with --shell, whatever quotes are around it', async () => {
    const folder = temporaryFolder()
    const evil = `"; touch ${join(folder, 'a')}; '; touch ${join(folder, 'b')}; $(touch ${join(folder, 'c')})`
    const { stdout } = await runMap(
      ['--shell', '--exec', `printf '%s|' {} "<{}>" '<{}>' \\"{}\\" | cat`],
      { input: `${evil}\n` },
    )
    expect(readLines(stdout)).toEqual([
      { index: 0, result: `${evil}|<${evil}>|<${evil}>|"${evil}"|` },
    ])
    for (const name of ['a', 'b', 'c']) expect(existsSync(join(folder, name))).toBe(false)
  })

  it('says how a command failed, and tries again with --retry', async () => {
    const folder = temporaryFolder()
    const script = `echo x >> ${folder}/{}; if [ $(wc -l < ${folder}/{}) -lt 3 ]; then echo no >&2; exit 7; fi`
    const once = await runMap(['--shell', '--exec', script], { input: 'one\n' })
    expect([once.code, readLines(once.stdout)]).toEqual([
      1,
      [{ index: 0, error: { code: 'JITNEY_COMMAND_FAILED', message: 'exit code 7: no' } }],
    ])
    const again = await runMap(
      ['--shell', '--exec', script, '--retry', '2', '--max-retry-delay', '1'],
      { input: 'two\n' },
    )
    expect([again.code, readLines(again.stdout)]).toEqual([0, [{ index: 0, result: '' }]])
  })

  it('ends a command, and what it started, at --timeout; output without end at --max-result-size', async () => {
    const { code, stdout } = await runMap(
      [
        '--shell',
        '--exec',
        'if [ {} = wait ]; then sleep 1000 | sleep 1000; else yes; fi',
        '--timeout',
        '1000',
        '--max-result-size',
        '1m',
      ],
      { input: 'wait\nyes\n' },
    )
    expect(code).toBe(1)
    expect(readLines(stdout)).toMatchObject([
      { error: { code: 'JITNEY_TIMEOUT' } },
      { error: { code: 'JITNEY_RESULT_TOO_LARGE' } },
    ])
  })

  it('lets commands end that run at Ctrl+C, which goes to the whole group', async () => {
    const folder = temporaryFolder()
    const map = startMap(
      [
        '--shell',
        '--concurrency',
        '1',
        '--exec',
        `mkfifo ${folder}/go; echo up > ${folder}/up; read line < ${folder}/go; echo $line`,
      ],
      {
        input: 'a\nb\n',
        wrapper:
          'mkfifo "$FIFO"; set -m; "$@" & group=$!; read line < "$FIFO"; kill -INT -- -$group; wait $group',
        environment: { FIFO: join(folder, 'up') },
      },
    )
    await map.says('Stopping (SIGINT)')
    await writeFile(join(folder, 'go'), 'finished\n')
    const { code, stdout } = await map.exit
    expect(code).toBe(130)
    expect(readLines(stdout)).toEqual([{ index: 0, result: 'finished' }])
  })

  it('refuses a command that does not exist, and a quote that is not closed', async () => {
    const missing = await runMap(['--exec', 'no-such-command {}'], { input: 'a\n' })
    expect(missing).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'Cannot run no-such-command: there is no such command in the PATH\n',
    })
    const open = await runMap(['--exec', "echo 'a"], { input: 'a\n' })
    expect(open).toMatchObject({
      code: 2,
      stdout: '',
      stderr: "Cannot read --exec: a quote is not closed in echo 'a\n",
    })
  })
})
