import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { FailureLog } from '../src/server/failure-log.ts'
import { fixture, run, serve } from './helpers/command-line.ts'

interface Entry {
  readonly level: string
  readonly time: string
  readonly msg: string
  readonly [name: string]: unknown
}

function entriesOf(text: string): readonly Entry[] {
  const lines = text.split('\n').filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line) as Entry)
}

const post = async (url: string, path: string, body: string, id = 'mine'): Promise<number> => {
  const headers = { 'x-request-id': id, authorization: 'Bearer secret' }
  const answer = await fetch(url + path, { method: 'POST', body, headers })
  await answer.text()
  return answer.status
}

describe('jitney serve --log json', { timeout: 60_000 }, () => {
  it('writes one object a line to stderr: what it does, what fails, and who came', async () => {
    const command = await serve(fixture('leaky.ts'), ['--log', 'json', '--access-log'])
    expect(await post(command.url, '/leaky?secret=1', '"secret"')).toBe(500)
    await command.until(() => command.stderr.includes('"msg":"request"'))
    command.process.kill('SIGTERM')
    expect(await command.exit).toEqual({ code: 0, signal: null })
    const entries = entriesOf(command.stderr)
    for (const { level, time, name } of entries) {
      expect([level, name]).toEqual([expect.stringMatching(/^(info|warn|error)$/), 'jitney'])
      expect(new Date(time).toISOString()).toBe(time)
    }
    const messages = entries.map(({ msg }) => msg)
    expect(messages[0]).toBe(`Listening on ${command.url}`)
    expect(messages.at(-1)).toMatch(/^Stopped after 1 request in 1 batch/)
    const failure = entries.find(({ level }) => level === 'error')
    expect(failure).toMatchObject({ msg: '/leaky failed', requestId: 'mine' })
    expect(failure!['failure']).toMatch(/^Error: line one\n\{"level":"info"/)
    expect(entries.find(({ msg }) => msg === 'request')).toMatchObject({
      requestId: 'mine',
      method: 'POST',
      route: '/leaky',
      status: 500,
      bytesIn: 8,
      complete: true,
    })
    expect(command.stdout + command.stderr).not.toContain('secret')
  })
})

describe('The log in a configuration', { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-log-'))
  const config = (text: string): string => {
    const file = join(folder, 'jitney.config.yaml')
    const route = `{ kind: module, module: ${fixture('squares.ts')}, export: default }`
    writeFileSync(file, `${text}\nroutes: { squares: ${route} }\n`)
    return file
  }

  it('is asked for by log and accessLog', async () => {
    const command = await serve(config('log: json\naccessLog: true'))
    expect(await post(command.url, '/squares', '3')).toBe(200)
    await command.until(() => command.stderr.includes('"msg":"request"'))
    expect(entriesOf(command.stderr).at(-1)).toMatchObject({ route: '/squares', status: 200 })
  })

  it('changes with the configuration at SIGHUP', async () => {
    const file = config('log: text')
    const command = await serve(file)
    expect(await post(command.url, '/squares', '3')).toBe(200)
    config('log: json\naccessLog: true')
    command.process.kill('SIGHUP')
    await command.until(() => command.stderr.includes('"msg":"Reloaded'))
    expect(await post(command.url, '/squares', '3', 'second')).toBe(200)
    await command.until(() => command.stderr.includes('"msg":"request"'))
    expect(entriesOf(command.stderr).map(({ requestId }) => requestId)).toEqual([
      undefined,
      'second',
    ])
    config('')
    command.process.kill('SIGHUP')
    await command.until(() => command.stdout.split('Reloaded').length === 3)
    expect(await post(command.url, '/squares', '3')).toBe(200)
    command.process.kill('SIGTERM')
    await command.exit
    expect(entriesOf(command.stderr)).toHaveLength(2)
  })

  it('is text or json', async () => {
    const { code, stderr } = await run(['serve', config('log: xml')])
    expect(code).toBe(1)
    expect(stderr).toMatch(/log: .*"text"\|"json".*received 'xml' \(line 1\)/)
  })
})

describe('jitney serve --log text', { timeout: 60_000 }, () => {
  it('writes what somebody else said so that it controls nothing and forges no line', async () => {
    const command = await serve(fixture('leaky.ts'), ['--access-log'])
    expect(await post(command.url, '/leaky?secret=1', '"secret"')).toBe(500)
    await command.until(() => command.stderr.includes('in request mine\n'))
    await command.until(() => command.stderr.includes('POST /leaky 500'))
    // oxlint-disable-next-line no-control-regex
    expect(command.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    const beginnings = command.stderr.split('\n').filter((line) => /^\S/.test(line))
    expect(beginnings.toSorted()).toEqual([
      '/leaky failed: Error: line one',
      expect.stringMatching(
        /^POST \/leaky 500 [\d.]+ ms, 8 bytes in, \d+ out, request mine$/,
      ) as string,
    ])
    expect(command.stderr).not.toContain('secret')
  })

  it('has no line for a request unless it is asked for', async () => {
    const command = await serve(fixture('squares.ts'))
    expect(await post(command.url, '/squares', '3')).toBe(200)
    await command.until(() => command.stdout.includes('1 request in 1 batch'))
    command.process.kill('SIGTERM')
    await command.exit
    expect(command.stderr).toBe('')
  })

  it('is text or json', async () => {
    const { code, stderr } = await run(['serve', 'a.ts', '--log', 'xml'])
    expect([code, stderr]).toEqual([
      2,
      "Cannot read --log: expected text or json, received 'xml'\n",
    ])
  })
})

describe('FailureLog', () => {
  it('gives each report in its parts as well', () => {
    const reports: unknown[] = []
    const log = new FailureLog((_text, report) => reports.push(report))
    log.report('/run failed', 'x', 'id')
    log.report('/run failed', 'x', 'other')
    log.flush()
    expect(reports).toEqual([
      { message: '/run failed', failure: "'x'", requestId: 'id' },
      { message: '(1 more of the kind)' },
    ])
  })
})
