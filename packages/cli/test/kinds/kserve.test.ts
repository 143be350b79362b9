import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { fixture } from '../helpers/command-line.ts'
import { startServer } from '../helpers/http-server.ts'
import { post, routesOf, startConfig } from '../helpers/start-config.ts'

const module = fixture('tensors.ts')

const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

function inferUrl(url: string, model: string): string {
  return `${url}/v2/models/${model}/infer`
}

interface Outputs {
  readonly outputs: readonly { name: string; shape: number[]; datatype: string; data: unknown[] }[]
}

/** What Triton's documentation shows. */
const simpleRequest = {
  id: '42',
  inputs: [
    { name: 'INPUT0', shape: [1, 16], datatype: 'INT32', data: numbers(16) },
    { name: 'INPUT1', shape: [1, 16], datatype: 'INT32', data: numbers(16).map(() => 1) },
  ],
  outputs: [{ name: 'OUTPUT1' }, { name: 'OUTPUT0' }],
}

/** A server that speaks the protocol: `y` is `x`. */
async function startModels(
  before: (body: string, response: ServerResponse) => boolean = () => false,
): Promise<Awaited<ReturnType<typeof startServer>>> {
  return startServer(({ url, body }, response) => {
    if (before(body, response)) return
    if (url === '/v2/models/m') {
      response.end(JSON.stringify({ name: 'm', versions: ['7'], platform: 'test', inputs: [] }))
    } else if (url === '/v2/models/m/ready') response.end()
    else {
      const { inputs } = JSON.parse(body) as { inputs: object[] }
      const [x] = inputs
      if ('parameters' in x!) response.writeHead(400)
      response.end(JSON.stringify({ model_name: 'm', outputs: [{ ...x, name: 'y' }] }))
    }
  })
}

describe("A route of the kind 'kserve-v2'", () => {
  it("answers the request of Triton's documentation", async () => {
    const { url } = await startConfig({ simple: { kind: 'kserve-v2', module } })
    for (const path of ['/v2/models/simple/infer', '/v2/models/simple/versions/1/infer']) {
      expect(await post(`${url}${path}`, simpleRequest)).toMatchObject({
        status: 200,
        body: {
          id: '42',
          model_name: 'simple',
          model_version: '1',
          outputs: [
            {
              name: 'OUTPUT1',
              datatype: 'INT32',
              shape: [1, 16],
              data: numbers(16).map((n) => n - 1),
            },
            {
              name: 'OUTPUT0',
              datatype: 'INT32',
              shape: [1, 16],
              data: numbers(16).map((n) => n + 1),
            },
          ],
        },
      })
    }
  })

  it.each([
    ['BOOL', [true, false, true]],
    ['INT8', [-128, 0, 127]],
    ['INT16', [-32768, 0, 32767]],
    ['INT32', [-2147483648, 0, 2147483647]],
    ['INT64', [-9007199254740991, 0, 9007199254740991]],
    ['UINT8', [0, 1, 255]],
    ['UINT16', [0, 1, 65535]],
    ['UINT32', [0, 1, 4294967295]],
    ['UINT64', [0, 1, 9007199254740991]],
    ['FP32', [-1.5, 0, 0.25]],
    ['FP64', [0.1, -1e300, 3]],
    ['BYTES', ['a', 'größer', '']],
  ])('carries %s, as JSON and as bytes', async (datatype, data) => {
    const { url } = await startConfig({ echo: { kind: 'kserve-v2', module } })
    const input = { name: 'x', shape: [3, 1], datatype, data }
    const plain = await post(inferUrl(url, 'echo'), { inputs: [input] })
    expect(plain).toMatchObject({ status: 200, body: { outputs: [input] } })
    const nested = { ...input, data: data.map((one) => [one]) }
    const asked = { inputs: [nested], parameters: { binary_data_output: true } }
    const response = await fetch(inferUrl(url, 'echo'), {
      method: 'POST',
      body: JSON.stringify(asked),
    })
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    const bytes = Buffer.from(await response.arrayBuffer())
    const end = Number(response.headers.get('inference-header-content-length'))
    const json = JSON.parse(bytes.toString('utf8', 0, end)) as Outputs
    const { parameters } = json.outputs[0] as unknown as {
      parameters: { binary_data_size: number }
    }
    expect(parameters.binary_data_size).toBe(bytes.length - end)
    // What came as bytes goes in as bytes, and comes back as JSON.
    const header = Buffer.from(
      JSON.stringify({ inputs: [{ name: 'x', shape: [3, 1], datatype, parameters }] }),
    )
    const back = await fetch(inferUrl(url, 'echo'), {
      method: 'POST',
      body: Buffer.concat([header, bytes.subarray(end)]),
      headers: {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': String(header.length),
      },
    })
    expect(await back.json()).toMatchObject({ outputs: [input] })
  })

  it('carries FP16 as bytes, and integers of 64 bits with all digits', async () => {
    const { url } = await startConfig({ echo: { kind: 'kserve-v2', module } })
    const ask = async (datatype: string, data: Uint8Array): Promise<string> => {
      const inputs = [
        { name: 'x', shape: [2], datatype, parameters: { binary_data_size: data.length } },
      ]
      const header = Buffer.from(JSON.stringify({ inputs }))
      const response = await fetch(inferUrl(url, 'echo'), {
        method: 'POST',
        body: Buffer.concat([header, data]),
        headers: { 'inference-header-content-length': String(header.length) },
      })
      return response.text()
    }
    const half = new Uint8Array(Uint16Array.of(0x3c00, 0xc100).buffer)
    expect(await ask('FP16', half)).toContain('"data":[1,-2.5]')
    const long = new Uint8Array(BigInt64Array.of(9223372036854775807n, -1n).buffer)
    expect(await ask('INT64', long)).toContain('"data":[9223372036854775807,-1]')
  })

  it('lays the rows of many requests together, and gives each its own', async () => {
    const { url, service } = await startConfig({
      echo: { kind: 'kserve-v2', module, maxBatchSize: 16 },
    })
    const requests = numbers(60).map((n) => {
      const rows = 1 + (n % 4)
      const width = 1 + (n % 2)
      const data = numbers(rows * width).map((place) => n + place / 16)
      return { inputs: [{ name: 'x', datatype: 'FP32', shape: [rows, width], data }] }
    })
    const answers = await Promise.all(
      requests.map((request) => post(inferUrl(url, 'echo'), request)),
    )
    expect(answers.map(({ body }) => (body as Outputs).outputs)).toEqual(
      requests.map(({ inputs }) => inputs),
    )
    expect(service.stats().batches).toBeLessThan(60)
  })

  it('fails only the caller of what the model cannot take', async () => {
    const { url } = await startConfig({ picky: { kind: 'kserve-v2', module } })
    const answers = await Promise.all(
      numbers(20).map((n) =>
        post(inferUrl(url, 'picky'), {
          inputs: [{ name: 'x', datatype: 'FP32', shape: [1], data: [n] }],
        }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(
      numbers(20).map((n) => (n === 13 ? 500 : 200)),
    )
    expect(answers[13]!.body).toEqual({ error: 'The batch of this item failed.' })
  })

  const x = { name: 'x', datatype: 'FP32', shape: [1, 2], data: [1, 2] }

  it.each([
    [[], /body must be an object/],
    [{}, /at least one tensor/],
    [{ inputs: [{ ...x, name: '' }] }, /no name/],
    [{ inputs: [x, x] }, /'x' is there twice/],
    [{ inputs: [{ ...x, datatype: 'BF16' }] }, /'x' has the datatype BF16/],
    [{ inputs: [{ ...x, datatype: 'FP16' }] }, /FP16 must come as binary data/],
    [{ inputs: [{ ...x, shape: [] }] }, /shape of at least one dimension/],
    [{ inputs: [{ ...x, shape: [1, -2] }] }, /shape of at least one dimension/],
    [{ inputs: [{ ...x, shape: [1, 3] }] }, /3 elements/],
    [{ inputs: [{ ...x, shape: [0, 2], data: [] }] }, /no rows/],
    [{ inputs: [{ ...x, data: ['a', 'b'] }] }, /elements of float32/],
    [{ inputs: [{ ...x, datatype: 'UINT8', data: [1, 300] }] }, /elements of uint8/],
    [{ inputs: [x, { ...x, name: 'y', shape: [2, 1] }] }, /'y' has 2 rows, and others 1/],
    [{ inputs: [{ ...x, parameters: { shared_memory_region: 'a' } }] }, /shared memory/],
    [{ inputs: [{ ...x, parameters: { binary_data_size: 9 } }] }, /not all there/],
    [{ inputs: [x], outputs: [{ name: 'z' }] }, /has no output 'z'/],
    [{ inputs: [{ ...x, shape: [200, 1], data: numbers(200) }] }, /more rows than a batch/],
  ])('refuses %j', async (request, message) => {
    const { url } = await startConfig({ echo: { kind: 'kserve-v2', module } })
    const answer = await post(inferUrl(url, 'echo'), request)
    expect(answer.status).toBe(400)
    expect((answer.body as { error: string }).error).toMatch(message)
  })

  it('refuses a header length that is none', async () => {
    const { url } = await startConfig({ echo: { kind: 'kserve-v2', module } })
    const headers = { 'inference-header-content-length': '1000000' }
    expect(await post(inferUrl(url, 'echo'), {}, headers)).toMatchObject({ status: 400 })
  })

  it('answers 500 when an output has not a row for each', async () => {
    const { url, failures } = await startConfig({ wrong: { kind: 'kserve-v2', module } })
    const request = { inputs: [{ ...x, shape: [2, 1] }] }
    expect(await post(inferUrl(url, 'wrong'), request)).toMatchObject({ status: 500 })
    expect(failures.join()).toContain("output 'y': expected 2 rows, received the shape [3]")
  })

  it('tells of itself', async () => {
    const inputs = [{ name: 'x', datatype: 'FP32', shape: [-1, 2] }]
    const { url } = await startConfig({ echo: { kind: 'kserve-v2', module, inputs } })
    const get = async (path: string): Promise<unknown> => {
      const response = await fetch(`${url}${path}`)
      return [response.status, await response.json()]
    }
    expect(await get('/v2/health/live')).toEqual([200, { live: true }])
    expect(await get('/v2/health/ready')).toEqual([200, { ready: true }])
    expect(await get('/v2/models/echo/ready')).toEqual([200, { name: 'echo', ready: true }])
    expect(await get('/v2/models/echo')).toEqual([
      200,
      { name: 'echo', versions: ['1'], platform: 'jitney', inputs, outputs: [] },
    ])
    expect(await get('/v2/models/other')).toMatchObject([404, {}])
  })

  it('sends batches to a server that speaks the protocol', async () => {
    const models = await startModels()
    const { url } = await startConfig({
      echo: { kind: 'kserve-v2', url: models.url, model: 'm', keyHeader: 'x-tenant' },
    })
    const answers = await Promise.all(
      numbers(30).map((n) =>
        post(
          inferUrl(url, 'echo'),
          { inputs: [{ name: 'x', datatype: 'INT64', shape: [1, 2], data: [n, n * n] }] },
          { 'x-tenant': String(n % 2) },
        ),
      ),
    )
    expect(answers.map(({ body }) => (body as Outputs).outputs[0]!.data)).toEqual(
      numbers(30).map((n) => [n, n * n]),
    )
    expect(models.received.length).toBeLessThan(30)
    const metadata = await fetch(`${url}/v2/models/echo`)
    expect(await metadata.json()).toMatchObject({ name: 'echo', platform: 'test' })
    const ready = await fetch(`${url}/v2/models/echo/ready`)
    expect(await ready.json()).toEqual({ name: 'echo', ready: true })
  })

  it('sends what was refused in halves, what there was no room for again', async () => {
    const statuses = [503, 429]
    const models = await startModels((body, response) => {
      const status = statuses.shift() ?? (/\b13\b/.test(body) ? 400 : 200)
      if (status === 200) return false
      response.writeHead(status, { 'retry-after': '0' }).end('{"error":"the secret"}')
      return true
    })
    const { url } = await startConfig({
      echo: { kind: 'kserve-v2', url: models.url, model: 'm', retry: { attempts: 5, minDelay: 0 } },
    })
    const ask = (n: number): ReturnType<typeof post> =>
      post(inferUrl(url, 'echo'), {
        inputs: [{ name: 'x', datatype: 'INT32', shape: [1], data: [n] }],
      })
    const answers = await Promise.all(numbers(20).map(ask))
    expect(answers.map(({ status }) => status)).toEqual(
      numbers(20).map((n) => (n === 13 ? 400 : 200)),
    )
    expect(JSON.stringify(answers)).not.toContain('secret')
    statuses.push(...numbers(5).map(() => 503))
    const refused = await ask(1)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('1')
    statuses.push(500)
    expect(await ask(1)).toMatchObject({ status: 502 })
  })

  it('sends bytes if it is told to', async () => {
    const { url: inner } = await startConfig({ echo: { kind: 'kserve-v2', module } })
    const { url } = await startConfig({ echo: { kind: 'kserve-v2', url: inner, binary: true } })
    const data = ['tea', 'cake', '☕']
    const inputs = [{ name: 'x', datatype: 'BYTES', shape: [3], data }]
    expect(await post(inferUrl(url, 'echo'), { inputs })).toMatchObject({
      body: { outputs: inputs },
    })
  })

  it('is not ready while the server behind it is not', async () => {
    const { url } = await startConfig({ echo: { kind: 'kserve-v2', url: 'http://127.0.0.1:1' } })
    expect((await fetch(`${url}/v2/models/echo/ready`)).status).toBe(503)
    const request = { inputs: [x] }
    expect(await post(inferUrl(url, 'echo'), request)).toMatchObject({ status: 502 })
  })

  it('needs a module or an address, and not both', async () => {
    await expect(routesOf({ a: { kind: 'kserve-v2' } })).rejects.toThrow(
      'Cannot serve a: expected either module or url, received none',
    )
    const both = { kind: 'kserve-v2', module, url: 'http://127.0.0.1:1' }
    await expect(routesOf({ a: both })).rejects.toThrow('received both')
  })
})
