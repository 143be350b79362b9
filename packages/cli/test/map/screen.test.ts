import type { ServerResponse } from 'node:http'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { startServer } from '../helpers/http-server.ts'
import { readLines, runMap, temporaryFolder } from '../helpers/map-run.ts'
import { Screen } from '../helpers/screen.ts'

const timeout = 60_000
const bin = fileURLToPath(new URL('../../src/bin.ts', import.meta.url))
const jitney = `${process.execPath} --conditions=jitney:source --import ${import.meta.resolve('tsx')} ${bin}`
const bar = /^\d+% \[[=> ]*\] [\d,]+ done/

/** A server that holds back what comes after so many requests, and a file of lines for it. */
async function setUp(free: number, count: number) {
  const folder = temporaryFolder()
  const input = join(folder, 'input')
  writeFileSync(input, Array.from({ length: count }, (_, index) => `${index}\n`).join(''))
  const held: ServerResponse[] = []
  const state = { free }
  const server = await startServer((_, response) => {
    if (state.free-- > 0) response.end('x')
    else held.push(response)
  })
  const release = (): void => {
    state.free = Infinity
    for (const response of held) response.end('x')
  }
  return { folder, input, url: `${server.url}/{}`, release }
}

/** The escape codes of a text. */
function codesIn(text: string): readonly string[] {
  const parts = text.split('\u001b').slice(1)
  return parts.map((part) => `\u001b${/^\[[^A-Za-z]*[A-Za-z]/.exec(part)?.[0]}`)
}

describe('jitney map on a terminal', { timeout }, () => {
  it('shows a bar that follows the window: narrower, wider, and hardly there', async () => {
    const { folder, input, url, release } = await setUp(500, 1000)
    const screen = new Screen(
      `${jitney} map --url '${url}' --concurrency 10 < ${input} > ${join(folder, 'out')}`,
      { columns: 100 },
    )
    const bars = (): readonly string[] => screen.rows.filter((row) => row.includes('done'))
    await screen.until(() => bars().some((row) => row.includes('500 done')))
    expect(bars()).toEqual([expect.stringMatching(bar)])
    for (const columns of [40, 24, 120, 9, 60]) {
      screen.resize(columns)
      const before = screen.raw.length
      // The redraw of the resize itself, and one after that.
      await screen.until(() => screen.raw.slice(before).split('done').length > 3)
      expect(screen.rows).toHaveLength(1)
      expect(screen.rows[0]!.length).toBeLessThan(columns)
    }
    release()
    expect(await screen.exit).toBe(0)
    expect(bars()).toEqual([expect.stringMatching(/^100% \[=+\] 1,000 done/)])
    expect(screen.rows.join('')).toContain('1,000 ok, 0 failed')
  })

  it('changes nothing of the terminal: no colors, no modes, with NO_COLOR and without', async () => {
    for (const environment of [{}, { NO_COLOR: '1' }]) {
      const { folder, input, url } = await setUp(Infinity, 100)
      const screen = new Screen(
        `${jitney} map --url '${url}' < ${input} > ${join(folder, 'out')}`,
        {
          columns: 80,
          environment,
        },
      )
      expect(await screen.exit).toBe(0)
      // Only what erases a line.
      expect(new Set(codesIn(screen.raw))).toEqual(new Set(['\u001b[2K']))
    }
  })

  it('keeps results and bar apart when both are on the screen', async () => {
    const { input, url, release } = await setUp(5, 10)
    const screen = new Screen(`${jitney} map --url '${url}' --concurrency 1 < ${input}`, {
      columns: 80,
    })
    await screen.until(() => screen.rows.some((row) => row.includes('5 done')))
    const results = (count: number): readonly string[] =>
      Array.from({ length: count }, (_, index) => `{"index":${index},"result":"x"}`)
    expect(screen.rows).toEqual([...results(5), expect.stringMatching(bar)])
    release()
    expect(await screen.exit).toBe(0)
    expect(screen.rows.slice(0, 10)).toEqual(results(10))
  })

  it('stops at Ctrl+C, with what it says on lines of its own', async () => {
    const { folder, input, url, release } = await setUp(5, 10)
    const screen = new Screen(
      `${jitney} map --url '${url}' --concurrency 1 < ${input} > ${join(folder, 'out')}; echo code $?`,
      { columns: 120 },
    )
    await screen.until(() => screen.rows.some((row) => row.includes('5 done')))
    screen.type('\u0003')
    await screen.until(() => screen.rows.some((row) => row.startsWith('Stopping (SIGINT)')))
    release()
    await screen.exit
    expect(screen.rows.at(-1)).toBe('code 130')
    expect(screen.rows.filter((row) => row.includes('6 done'))).toHaveLength(1)
  })

  it('writes plain lines on a dumb terminal', async () => {
    const { folder, input, url } = await setUp(Infinity, 10)
    const screen = new Screen(`${jitney} map --url '${url}' < ${input} > ${join(folder, 'out')}`, {
      columns: 80,
      environment: { TERM: 'dumb' },
    })
    expect(await screen.exit).toBe(0)
    expect(screen.raw).not.toContain('\u001b')
    expect(screen.raw).toContain('10 ok, 0 failed')
  })

  it('says that it reads from the keyboard', async () => {
    const screen = new Screen(`${jitney} map --exec 'echo {}'`, { columns: 80 })
    await screen.until(() =>
      screen.rows.some((row) => row.startsWith('Reading items from the terminal')),
    )
    screen.type('one\n\u0004')
    expect(await screen.exit).toBe(0)
    expect(screen.rows).toContain('{"index":0,"result":"one"}')
  })
})

describe('jitney map without a terminal', { timeout }, () => {
  it('writes plain lines to stderr, and results alone to stdout', async () => {
    const { url } = await setUp(Infinity, 0)
    const { stdout, stderr } = await runMap(['--url', url], { input: '1\n2\n' })
    expect(readLines(stdout)).toHaveLength(2)
    for (const code of ['\u001b', '\r']) expect(stdout + stderr).not.toContain(code)
  })
})
