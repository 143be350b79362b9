import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/tune/findings.ts'
import { pageStart } from '../../src/tune/html-report.ts'
import { CommandLine, fixture, run } from '../helpers/command-line.ts'
import { sendJson, startServer } from '../helpers/http-server.ts'
import { temporaryFolder } from '../helpers/map-run.ts'

const timeout = 60_000
const model = fixture('tune-model.ts')
/** Ends with the most batches of each cell, however busy the machine is. */
const brief = ['--max-concurrency', '2', '--time', 'Infinity']

function tune(...args: string[]) {
  return run(['tune', ...args])
}

describe('jitney tune', { timeout }, () => {
  it('prints the report and writes the page', async () => {
    const page = join(temporaryFolder(), 'page.html')
    const { code, stdout } = await tune(model, '--export', 'doubles', '--html', page, ...brief)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Measured .*tune-model\.ts: /)
    expect(stdout).toMatch(/^For the most items per second: \{ maxBatchSize: /m)
    expect(stdout).toMatch(/^ +the module +4 +2 +adaptive /m)
    expect(stdout).toContain(`The charts: ${page}\n`)
    expect(readFileSync(page, 'utf8').startsWith(pageStart)).toBe(true)
    const again = await tune(model, '--export', 'doubles', '--html', page, ...brief)
    expect(again.code).toBe(0)
  })

  it('prints JSON and nothing else with --json, up to what the module allows', async () => {
    const { code, stdout, stderr } = await tune(model, '--export', 'doubles', '--json', ...brief)
    expect(code).toBe(0)
    const report = JSON.parse(stdout) as Report
    expect([...new Set(report.cells.map(({ size }) => size))]).toEqual([1, 2, 4])
    expect(report.isComplete).toBe(true)
    expect(report.verdicts.map(({ name }) => name)).toEqual(['recommended', 'module', 'defaults'])
    expect(stderr).toMatch(/batches of 1, one at a time/)
  })

  it('takes items of a file, and counts those that fail among others', async () => {
    const items = join(temporaryFolder(), 'items.ndjson')
    const args = [model, '--export', 'doubles', '--items', items, '--json', ...brief]
    // Every other batch of one item fails as a whole.
    writeFileSync(items, '1\n-1\n\n')
    const refused = await tune(...args)
    expect([refused.code, refused.stderr.trimEnd()]).toEqual([
      1,
      expect.stringMatching(/^Cannot tune: a batch of one item fails: no$/m),
    ])
    const most = Array.from({ length: 99 }, (_, index) => index)
    writeFileSync(items, JSON.stringify([...most, -1]))
    const { code, stdout } = await tune(...args)
    expect(code).toBe(0)
    const { cells, notices } = JSON.parse(stdout) as Report
    expect(cells.find(({ size }) => size === 4)!.failedItems).toBeGreaterThan(0)
    expect(notices.join()).toContain('There were failures: ')
  })

  it('prints what it knows after Ctrl+C, whatever still runs', async () => {
    const command = new CommandLine(['tune', model, '--export', 'stuck', '--json'])
    await command.until(() => command.messages.includes('stuck'))
    command.process.kill('SIGINT')
    expect((await command.exit).code).toBe(130)
    const report = JSON.parse(command.stdout) as Report
    expect(report.isComplete).toBe(false)
    expect(report.cells.map(({ size }) => size)).toEqual([1, 2, 4])
    expect(report.cost).toBeDefined()
    expect(report.verdicts[0]!.name).toBe('recommended')
  })

  it('hands over only items that may ride together', async () => {
    const { code, stdout } = await tune(model, '--export', 'keyed', '--json', ...brief)
    expect(code).toBe(0)
    const { notices, cells } = JSON.parse(stdout) as Report
    expect(notices).toContain('Measured with the 2 of 3 items that share a batchKey.')
    expect(cells.every(({ failedItems }) => failedItems === 0)).toBe(true)
  })

  it('measures a URL as it is served: arrays by POST, with the headers', async () => {
    const sizes = new Set<number>()
    const server = await startServer(({ method, headers, body }, response) => {
      const received = JSON.parse(body) as unknown[]
      sizes.add(received.length)
      const isAllowed = method === 'POST' && headers['x-key'] === 'k' && received.length < 2
      response.statusCode = isAllowed ? 200 : 413
      sendJson(response, received)
    })
    const items = join(temporaryFolder(), 'items.json')
    writeFileSync(items, '[{"text":"a"},{"text":"b"}]')
    const source = ['--url', server.url, '--items', items, '--header', 'x-key: k']
    const bounds = ['--max-concurrency', '1', '--time', 'Infinity']
    const { code, stdout } = await tune(...source, ...bounds, '--json')
    expect(code).toBe(0)
    const { sizesEnd, cells } = JSON.parse(stdout) as Report
    expect([...sizes]).toEqual([1, 2])
    expect(sizesEnd).toMatchObject({ kind: 'failure', at: 2 })
    expect((sizesEnd as { message: string }).message).toMatch(/^HTTP 413/)
    expect(cells.map(({ size }) => size)).toEqual([1])
  })

  it.each([
    [[model, '--export', 'broken'], /^Cannot tune: a batch of one item fails: no model\n$/m],
    [
      [model, '--export', 'bare'],
      /expected example items, by --items FILE or as defineBatch\(fn, options, \{ examples \}\), received none\n$/,
    ],
    [
      [model, '--export', 'missing'],
      /expected --export to be one of bare, broken, doubles, keyed, stuck, received 'missing'\n$/,
    ],
    [
      [model],
      /expected --export with one of bare, broken, doubles, keyed, stuck, received nothing\n$/,
    ],
    [[fixture('nothing.ts')], /received a module without exports\n$/],
    [
      [fixture('constant.ts'), '--export', 'version'],
      /expected its export 'version' to be a batch function or defineBatch\(\.\.\.\), received '1\.0\.0'\n$/,
    ],
    [['missing.ts'], /^Cannot load missing\.ts: there is no such file\n$/],
    [[model, '--items', 'missing.json'], /^Cannot read --items missing\.json: ENOENT/],
    [
      [model, '--items', fixture('plain.js')],
      /expected a JSON array or a line of JSON for each item, received in line 1: /,
    ],
    [
      [model, '--html', fixture('plain.js')],
      /^Cannot write --html .*plain\.js: it is there, and no page of jitney tune; name another file\n$/,
    ],
    [[model, '--html', '/missing/page.html'], /^Cannot write --html \/missing\/page\.html: ENOENT/],
  ])('%j cannot start: one line, exit code 1 and no stack', async (args, message) => {
    const page = args.includes('--html') ? [] : ['--json']
    const { code, stdout, stderr } = await tune(...args, ...page)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(message)
    expect(stderr).not.toMatch(/\n +at /)
  })

  it('--help has the flags, examples, what it does and exit codes', async () => {
    const { code, stdout } = await tune('--help')
    expect(code).toBe(0)
    for (const word of [
      '--p95',
      '--max-concurrency',
      'jitney tune ./model.ts --p95 50',
      '130  stopped',
    ]) {
      expect(stdout).toContain(word)
    }
  })
})
