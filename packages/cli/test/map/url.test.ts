import { once } from 'node:events'
import { mkdtempSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sendJson, startServer } from '../helpers/http-server.ts'
import { readLines, runMap, startMap } from '../helpers/map-run.ts'

const timeout = 60_000

describe('jitney map --url', { timeout }, () => {
  it('requests a URL per line, escaped, and keeps the order of the input', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/items/1') setImmediate(() => setImmediate(() => sendJson(response, url)))
      else sendJson(response, url)
    })
    const { code, stdout, stderr } = await runMap(['--url', `${server.url}/items/{}?from={}`], {
      input: '1\r\na b/../c\n\u{e9}\n',
    })
    expect(readLines(stdout)).toEqual([
      { index: 0, result: '/items/1?from=1' },
      { index: 1, result: '/items/a%20b%2F..%2Fc?from=a%20b%2F..%2Fc' },
      { index: 2, result: '/items/%C3%A9?from=%C3%A9' },
    ])
    expect(code).toBe(0)
    expect(stderr).toMatch(/^Done: 3 items in [\d.]+ s, .* per second: 3 ok, 0 failed$/m)
    expect(stderr).toMatch(/^Time per item: p50 .*, p90 .*, p95 .*, p99 .*, longest .*$/m)
    expect(stderr).toMatch(/^Peak memory: \d+ MB$/m)
  })

  it('takes fields of JSON objects, and a whole URL from the line', async () => {
    const server = await startServer(({ url }, response) => response.end(url))
    const fields = await runMap(['--url', `${server.url}/{team}/{user.id}`], {
      input: '{"team":"a/b","user":{"id":7}}\n{"team":"a"}\n{"team":null}\n',
    })
    expect(readLines(fields.stdout)).toEqual([
      { index: 0, result: '/a%2Fb/7' },
      {
        index: 1,
        error: { code: 'JITNEY_FIELD_MISSING', message: expect.stringContaining('{user.id}') },
      },
      {
        index: 2,
        error: { code: 'JITNEY_FIELD_MISSING', message: expect.stringContaining('{team}') },
      },
    ])
    expect(fields.code).toBe(1)
    const whole = await runMap(['--url', '{}'], { input: `${server.url}/x?y=1\nfile:///etc\n` })
    expect(readLines(whole.stdout)).toEqual([
      { index: 0, result: '/x?y=1' },
      { index: 1, error: { code: 'JITNEY_URL_INVALID', message: expect.any(String) } },
    ])
  })

  it('posts items as they came, with headers, and numbers that are too long for JavaScript', async () => {
    const server = await startServer(({ body }, response) =>
      response.setHeader('content-type', 'application/json').end(`{\n"got": ${body}}`),
    )
    const { stdout } = await runMap(
      ['--url', server.url, '--header', 'X-One: 1', '--header', 'Accept: a/b'],
      { input: '12345678901234567890\n' },
    )
    expect(stdout).toBe('{"index":0,"result":{ "got": 12345678901234567890}}\n')
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      headers: { 'x-one': '1', accept: 'a/b', 'content-type': 'application/json' },
    })
  })

  it('sends arrays with --batch-size, and writes one line per item', async () => {
    const server = await startServer(({ body }, response) => {
      const numbers = JSON.parse(body) as number[]
      if (numbers[0] === 5) sendJson(response, [])
      else
        sendJson(
          response,
          numbers.map((number) => number * number),
        )
    })
    const { code, stdout } = await runMap(['--url', server.url, '--batch-size', '2'], {
      input: '1\n2\n3\nfour\n5\n',
    })
    expect(readLines(stdout)).toEqual([
      { index: 0, result: 1 },
      { index: 1, result: 4 },
      { index: 2, result: 9 },
      { index: 3, error: { code: 'JITNEY_LINE_MALFORMED', message: expect.any(String) } },
      {
        index: 4,
        error: { code: 'JITNEY_WRONG_ANSWER', message: expect.stringContaining('array of 1') },
      },
    ])
    expect(code).toBe(1)
    expect(server.received.map(({ body }) => body)).toEqual(['[1,2]', '[3]', '[5]'])
  })

  it('keeps every digit of the numbers in the answer for a batch', async () => {
    const lines = [
      '[12345678901234567890, "a,]"]',
      ' {"n": 0.10000000000000000001}',
      '1e400',
      'null',
    ]
    const server = await startServer(({ url }, response) => {
      if (url === '/array') {
        response.setHeader('content-type', 'application/json')
        response.end(` [${lines.join(' ,\n')} ]\n`)
      } else {
        response.setHeader('content-type', 'application/x-ndjson')
        response.end(lines.map((line, index) => `{"index":${index},"result":${line}}\n`).join(''))
      }
    })
    for (const path of ['array', 'lines']) {
      const { stdout } = await runMap(['--url', `${server.url}/${path}`, '--batch-size', '4'], {
        input: '1\n2\n3\n4\n',
      })
      const expected = lines.map((line, index) => `{"index":${index},"result":${line.trim()}}\n`)
      expect(stdout).toBe(expected.join(''))
    }
  })

  it('takes lines with an index for a batch, as jitney serve streams them', async () => {
    const server = await startServer((_, response) => {
      response.setHeader('content-type', 'application/x-ndjson')
      response.end(
        '{"index":2,"result":9}\n{"index":0,"error":{"title":"no"}}\n{"done":true,"ok":1,"failed":1}\n' +
          '{"index":"length","result":1}\n{"index":["2"],"result":1}\n{"index":3,"result":1}\n',
      )
    })
    const { stdout } = await runMap(['--url', server.url, '--batch-size', '5'], {
      input: '1\n2\n3\n',
    })
    expect(readLines(stdout)).toEqual([
      { index: 0, error: { code: 'JITNEY_ITEM_FAILED', message: 'no' } },
      { index: 1, error: { code: 'JITNEY_WRONG_ANSWER', message: expect.any(String) } },
      { index: 2, result: 9 },
    ])
  })

  it('takes the length that a HEAD is told for no answer, and a long --timeout for what it is', async () => {
    const server = await startServer((_, response) => {
      response.setHeader('content-length', 2 ** 40).end()
    })
    const args = ['--method', 'HEAD', '--max-result-size', '10', '--timeout', '3000000000']
    const { stdout, stderr } = await runMap(['--url', `${server.url}/{}`, ...args], {
      input: 'a\n',
    })
    expect(readLines(stdout)).toEqual([{ index: 0, result: '' }])
    expect(stderr).not.toContain('Warning')
  })

  it('never has more than --concurrency requests, on as many connections that are kept', async () => {
    const server = await startServer((_, response) => setImmediate(() => response.end('x')))
    const input = '1\n'.repeat(300)
    const { stdout } = await runMap(['--url', `${server.url}/{}`, '--concurrency', '7'], { input })
    expect(readLines(stdout)).toHaveLength(300)
    expect(server.most.requests).toBeLessThanOrEqual(7)
    expect(server.most.connections).toBeLessThanOrEqual(7)
  })

  it('waits as long as a 429 says before it asks again, with --retry', async () => {
    const times: number[] = []
    const server = await startServer((_, response) => {
      times.push(performance.now())
      if (times.length === 1) response.writeHead(429, { 'retry-after': '1' }).end('busy')
      else response.end('done')
    })
    const { code, stdout } = await runMap(['--url', `${server.url}/{}`, '--retry', '2'], {
      input: 'a\n',
    })
    expect([code, readLines(stdout)]).toEqual([0, [{ index: 0, result: 'done' }]])
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(990)
  })

  it('fails an item whose 429 asks for more than --max-retry-delay, or when no attempt is left', async () => {
    const server = await startServer((_, response) =>
      response.writeHead(429, { 'retry-after': '3600' }).end('busy'),
    )
    const { code, stdout, stderr } = await runMap(['--url', `${server.url}/{}`], { input: 'a\n' })
    expect(code).toBe(1)
    expect(readLines(stdout)).toEqual([
      {
        index: 0,
        error: {
          code: 'JITNEY_HTTP_STATUS',
          status: 429,
          message: 'HTTP 429 Too Many Requests (Retry-After: 3600 s): busy',
        },
      },
    ])
    expect(stderr).toContain('Another attempt may help: --retry')
    const retried = await runMap(['--url', `${server.url}/{}`, '--retry', '5'], { input: 'a\n' })
    expect(retried.stdout).toContain('--max-retry-delay allows 60000')
    expect(server.received).toHaveLength(2)
  })

  it('tries again what may be tried again, and nothing else', async () => {
    const server = await startServer(({ url }, response) => {
      const attempts = server.received.filter((request) => request.url === url).length
      response.writeHead(attempts < 3 ? Number(url.slice(1)) : 200).end()
    })
    const { stdout } = await runMap(
      ['--url', `${server.url}/{}`, '--retry', '2', '--max-retry-delay', '1'],
      { input: '503\n404\n500\n' },
    )
    expect(readLines(stdout)).toMatchObject([
      { result: '' },
      { error: { status: 404 } },
      { result: '' },
    ])
    expect(server.received).toHaveLength(7)
  })

  it('cuts off a body that never ends: by its size, and by --timeout', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/slow') response.write('x')
      else {
        const pour = (): void => {
          while (response.write('x'.repeat(65_536)));
        }
        response.on('drain', pour)
        pour()
      }
    })
    const { code, stdout } = await runMap(
      ['--url', `${server.url}/{}`, '--timeout', '3000', '--max-result-size', '1m'],
      { input: 'fast\nslow\n' },
    )
    expect(code).toBe(1)
    expect(readLines(stdout)).toEqual([
      {
        index: 0,
        error: {
          code: 'JITNEY_RESULT_TOO_LARGE',
          message: expect.stringContaining('--max-result-size'),
        },
      },
      { index: 1, error: { code: 'JITNEY_TIMEOUT', message: 'it took longer than 3000 ms' } },
    ])
  })

  it('holds no more of a hundred bodies that never end than of a few', async () => {
    const server = await startServer((_, response) => {
      const pour = (): void => {
        while (response.write('x'.repeat(65_536)));
      }
      response.on('drain', pour)
      pour()
    })
    const { code, stdout, stderr } = await runMap(['--url', `${server.url}/{}`], {
      input: '1\n'.repeat(200),
    })
    expect(code).toBe(1)
    const codes = (readLines(stdout) as { error: { code: string } }[]).map(
      ({ error }) => error.code,
    )
    expect(codes).toEqual(Array.from({ length: 200 }, () => 'JITNEY_RESULT_TOO_LARGE'))
    expect(Number(/^Peak memory: (\d+) MB$/m.exec(stderr)![1])).toBeLessThan(500)
  })

  it('says that a host cannot be reached, once, and fails every item', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    const { code, stdout, stderr } = await runMap(['--url', `http://127.0.0.1:${port}/{}`], {
      input: 'a\nb\nc\n',
    })
    expect(code).toBe(1)
    expect(readLines(stdout)).toMatchObject(
      [0, 1, 2].map((index) => ({ index, error: { code: 'JITNEY_REQUEST_FAILED' } })),
    )
    expect(stderr.match(/^Item \d failed: Cannot reach .*ECONNREFUSED/gm)).toHaveLength(1)
  })

  it('lets no answer control the terminal', async () => {
    const evil = `\u001b[2J\u009b31m${'x'.repeat(10_000)}`
    const server = await startServer((_, response) => response.writeHead(400).end(evil))
    const { stdout, stderr } = await runMap(['--url', `${server.url}/{}`], { input: 'a\n' })
    for (const code of ['\u001b', '\u009b']) expect(stderr).not.toContain(code)
    expect(stderr).toContain('[2J 31mxxx')
    expect(stdout.length).toBeLessThan(500)
  })

  it('does not follow redirects, and does not take binary answers for text', async () => {
    const server = await startServer(({ url }, response) => {
      if (url === '/a') response.writeHead(302, { location: '/b' }).end()
      else response.end(Buffer.from([0xff, 0xfe]))
    })
    const { stdout } = await runMap(['--url', `${server.url}/{}`], { input: 'a\nb\n' })
    expect(readLines(stdout)).toEqual([
      {
        index: 0,
        error: {
          code: 'JITNEY_HTTP_STATUS',
          status: 302,
          message: 'HTTP 302 Found: to /b, which is not followed',
        },
      },
      { index: 1, error: { code: 'JITNEY_RESULT_NOT_TEXT', message: expect.any(String) } },
    ])
  })

  it('keeps to --rate', async () => {
    const times: number[] = []
    const server = await startServer((_, response) => {
      times.push(performance.now())
      response.end()
    })
    const { code } = await runMap(['--url', `${server.url}/{}`, '--rate', '10'], {
      input: '1\n'.repeat(21),
    })
    expect(code).toBe(0)
    // Three spans of a second for 21 at 10 a second; arrivals may be late, never all early.
    expect(times.at(-1)! - times[0]!).toBeGreaterThan(1500)
  })

  it('finishes what is in flight at SIGINT, and exits with 130', async () => {
    const held: (() => void)[] = []
    const run: { map?: ReturnType<typeof startMap> } = {}
    const server = await startServer((_, response) => {
      held.push(() => response.end('late'))
      if (held.length === 3) run.map!.process.kill('SIGINT')
    })
    const map = startMap(['--url', `${server.url}/{}`, '--concurrency', '3'], {
      input: '1\n'.repeat(100),
    })
    run.map = map
    await map.says('Stopping (SIGINT)')
    for (const release of held) release()
    const { code, stdout, stderr } = await map.exit
    expect(code).toBe(130)
    expect(readLines(stdout)).toEqual([0, 1, 2].map((index) => ({ index, result: 'late' })))
    expect(stderr).toContain('tail -n +4')
    expect(server.received).toHaveLength(3)
  })

  it('finishes what is in flight when the terminal goes, and says how to go on', async () => {
    const run: { map?: ReturnType<typeof startMap> } = {}
    const held: (() => void)[] = []
    const server = await startServer((_, response) => {
      held.push(() => response.end('late'))
      run.map!.process.kill('SIGHUP')
    })
    const folder = mkdtempSync(join(tmpdir(), 'jitney-hangup-'))
    const output = join(folder, 'out.ndjson')
    const map = startMap(['--url', `${server.url}/{}`, '--output', output, '--concurrency', '1'], {
      input: '1\n'.repeat(3),
    })
    run.map = map
    await map.says('Stopping (SIGHUP)')
    for (const release of held) release()
    const { code, stderr } = await map.exit
    expect(code).toBe(129)
    expect(stderr).toContain('run it again with the same input and --resume')
    expect(readLines(readFileSync(output, 'utf8'))).toEqual([{ index: 0, result: 'late' }])
  })

  it('aborts at a second signal, and writes no failures for it', async () => {
    const run: { map?: ReturnType<typeof startMap> } = {}
    const server = await startServer(() => {
      run.map!.process.kill('SIGTERM')
    })
    const map = startMap(['--url', `${server.url}/{}`], { input: '1\n' })
    run.map = map
    await map.says('Stopping (SIGTERM)')
    map.process.kill('SIGINT')
    const { code, stdout } = await map.exit
    expect([code, stdout]).toEqual([143, ''])
    expect(server.received).toHaveLength(1)
  })
})
