import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isConfigFile } from '../src/config/is-config-file.ts'
import { configJsonSchema } from '../src/config/json-schema.ts'
import { createRoutes, readConfig } from '../src/config/read-config.ts'

const several = new URL('fixtures/several.mts', import.meta.url).pathname
const squares = new URL('fixtures/squares.ts', import.meta.url).pathname

async function written(text: string, name = 'jitney.config.yaml'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jitney-config-'))
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

async function complaint(text: string, name?: string): Promise<string> {
  const error: unknown = await readConfig(await written(text, name)).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ name: 'StartError' })
  return (error as Error).message.replace(/^Cannot read \S+: /, '')
}

describe('A configuration', () => {
  it('is told from a module by its name', () => {
    expect(['a.yaml', 'a.yml', 'a.json', 'a.ts', 'yaml'].filter(isConfigFile)).toEqual([
      'a.yaml',
      'a.yml',
      'a.json',
    ])
  })

  it('gives routes with the options of their batchers', async () => {
    const path = await written(`
port: 0
maxConnections: .inf
routes:
  numbers:
    kind: module
    module: ${several}
    export: plain
    maxBatchSize: 7
    maxQueueTime: .inf
    timeout: 1000
    rateLimit: { limit: 5, interval: 1000 }
    keyHeader: X-Tenant
`)
    const config = await readConfig(path)
    expect(config).toMatchObject({ port: 0, maxConnections: Infinity })
    const [route] = await createRoutes(path, config)
    expect(route).toMatchObject({
      name: 'numbers',
      keyHeader: 'X-Tenant',
      options: {
        maxBatchSize: 7,
        maxQueueTime: Infinity,
        timeout: 1000,
        rateLimit: [{ limit: 5 }],
      },
    })
  })

  it('may be JSON, with the word Infinity', async () => {
    const routes = { a: { kind: 'module', module: squares, concurrency: 'Infinity' } }
    const config = await readConfig(await written(JSON.stringify({ routes }), 'c.json'))
    expect(config.routes).toMatchObject({ a: { concurrency: Infinity } })
  })

  it('takes the export that is called as the route, or the default one', async () => {
    const path = await written(`routes:
  defined: { kind: module, module: ${several} }
  other: { kind: module, module: ${several} }
`)
    const [defined, other] = await createRoutes(path, await readConfig(path))
    expect(defined).toMatchObject({ name: 'defined', options: { name: 'upper' } })
    expect(other).toMatchObject({ name: 'other', options: {} })
    const missing = await written(`routes: { a: { kind: module, module: ${squares}, export: b } }`)
    await expect(createRoutes(missing, await readConfig(missing))).rejects.toThrow(
      "it has no export 'b'; it exports default",
    )
  })

  it('keeps the names of the service for itself', async () => {
    const path = await written(`routes: { stats: { kind: module, module: ${squares} } }`)
    const config = await readConfig(path)
    expect(() => createRoutes(path, config)).toThrow(
      "routes.stats would hide the service's own /stats",
    )
  })

  it.each([
    [
      'port: 99999\nroutes: { a: { kind: module, module: m.ts } }',
      /^port: .*65535, received 99999 \(line 1\)$/,
    ],
    ['routes: {}', /^routes: must have at least one route/],
    ['{}', /^routes: expected object, received nothing$/],
    ['', /^the configuration: expected object, received null$/],
    [
      'routes: { a: { kind: http } }',
      /^routes\.a\.url: expected an http or https URL, received nothing$/,
    ],
    [
      'routes: { a: { kind: http, url: "ftp://x/" } }',
      /^routes\.a\.url: expected an http or https URL, received 'ftp:\/\/x\/' \(line 1\)$/,
    ],
    [
      'log: xml\nroutes: { a: { kind: module, module: m.ts } }',
      /^log: expected one of "text"\|"json", received 'xml' \(line 1\)$/,
    ],
    [
      'listen: s\nport: 1\nroutes: { a: { kind: module, module: m.ts } }',
      /^listen: stands instead of host and port, received both \(line 1\)$/,
    ],
    [
      'routes: { a: { kind: module, module: m.ts, maxBatchSize: many } }',
      /^routes\.a\.maxBatchSize: expected number or "Infinity", received 'many' \(line 1\)$/,
    ],
    ['rotes: {}\nroutes: { a: { kind: module, module: m.ts } }', /has no option rotes/],
    [
      'routes:\n  a:\n    kind: modul',
      /^routes\.a\.kind must be one of .*module.*, received 'modul' \(line 3\)$/,
    ],
    [
      'routes:\n  a:\n    kind: module\n    module: m.ts\n    maxBatchSize: 0',
      /^routes\.a\.maxBatchSize: expected number to be >=1, received 0 \(line 5\)$/,
    ],
    [
      'routes:\n  a/b: { kind: module, module: m.ts }',
      /^routes\.a\/b: a name may have letters, digits.*, received 'a\/b'/,
    ],
    ['routes: [', /line 1/],
    ['a: 1\na: 2', /unique/],
  ])(
    'that is wrong is refused with its path, what may be there and what came: %s',
    async (text, message) => {
      expect(await complaint(text)).toMatch(message)
    },
  )

  it('that is not there is refused', async () => {
    await expect(readConfig('/nowhere/jitney.config.yaml')).rejects.toThrow(
      /Cannot read .*no such file/,
    )
  })
})

describe('The JSON Schema of the configuration', () => {
  it('says what each kind of route takes, and refuses what is not there', () => {
    const schema = JSON.parse(JSON.stringify(configJsonSchema())) as {
      additionalProperties: boolean
      properties: Record<string, { additionalProperties: { oneOf: { properties: object }[] } }>
    }
    expect(schema.additionalProperties).toBe(false)
    expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(['$schema', 'port']))
    const kinds = schema.properties['routes']?.additionalProperties.oneOf ?? []
    expect(kinds[0]?.properties).toMatchObject({
      kind: { const: 'module' },
      maxBatchSize: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'Infinity' }] },
    })
  })
})
