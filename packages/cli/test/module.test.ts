import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Batcher } from 'jitney'
import { describe, expect, it, onTestFinished } from 'vitest'
import { StartError } from '../src/errors.ts'
import { defineBatch } from '../src/index.ts'
import { loadModule } from '../src/module/load-module.ts'
import { readRoutes } from '../src/module/read-routes.ts'
import { fixture } from './helpers/command-line.ts'

async function routesOf(name: string) {
  const file = fixture(name)
  return readRoutes(file, await loadModule(file))
}

/** A module in a folder of its own, far from any `node_modules`. */
async function moduleOf(source: string, name = 'some.ts'): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jitney-module-'))
  onTestFinished(async () => {
    await rm(folder, { recursive: true })
  })
  const file = join(folder, name)
  await writeFile(file, source)
  return file
}

const fn = (items: unknown[]): unknown[] => items

describe('loadModule()', () => {
  it.each([
    ['squares.ts', ['squares']],
    ['plain.js', ['doubles']],
    ['default.mjs', ['default']],
  ])('loads %s', async (name, routes) => {
    expect((await routesOf(name)).map((route) => route.name)).toEqual(routes)
  })

  it('loads .mts, awaits at its top level, and names routes after exports and the file', async () => {
    const routes = await routesOf('several.mts')
    expect(routes.map((route) => route.name).sort()).toEqual(['defined', 'plain', 'several'])
    expect(routes.find((route) => route.name === 'defined')!.options).toEqual({ name: 'upper' })
  })

  it("gives the module this very copy of 'jitney' and '@jitney/cli', wherever it lies", async () => {
    const imports = `
      import * as jitney from 'jitney'
      import { defineBatch } from '@jitney/cli'
      import { helper } from './helper.ts'
      const late = await import('jitney')
      export default { jitney, defineBatch, helper, late }
    `
    const file = await moduleOf(imports)
    await writeFile(join(file, '../helper.ts'), "export { Batcher as helper } from 'jitney'")
    const { default: seen } = (await loadModule(file)) as { default: Record<string, unknown> }
    expect((seen['jitney'] as Record<string, unknown>)['Batcher']).toBe(Batcher)
    expect((seen['late'] as Record<string, unknown>)['Batcher']).toBe(Batcher)
    expect(seen['helper']).toBe(Batcher)
    expect(seen['defineBatch']).toBe(defineBatch)
  })

  it.each([
    [
      'there is none',
      async () => '/nowhere/at/all.ts',
      /^Cannot load .*all\.ts: there is no such file$/,
    ],
    [
      'it is a folder',
      async () => {
        const file = await moduleOf('')
        await mkdir(join(file, '../folder.ts'))
        return join(file, '../folder.ts')
      },
      /: expected a file, received a folder$/,
    ],
    [
      'it throws',
      () => moduleOf('\nthrow new Error("no database")'),
      /: no database \(.*some\.ts:2:7\)$/,
    ],
    ['it throws no error', () => moduleOf('throw "a string"'), /: it threw 'a string'$/],
    [
      'it is no TypeScript',
      () => moduleOf('export const a = ('),
      /: ParseError: .*some\.ts:1:\d+$/,
    ],
    [
      'an import is missing',
      () => moduleOf("import './nope.ts'"),
      /Cannot find module '\.\/nope\.ts'/,
    ],
  ])('says what is wrong when %s', async (_, makeFile, message) => {
    const error: unknown = await loadModule(await makeFile()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StartError)
    expect((error as StartError).message).toMatch(message)
    expect((error as StartError).message).not.toContain('\n')
    expect((error as StartError).exitCode).toBe(1)
  })
})

describe('readRoutes()', () => {
  const refusal = (exports: Record<string, unknown>, file = 'dir/model.ts'): string => {
    try {
      readRoutes(file, exports)
    } catch (error) {
      expect(error).toBeInstanceOf(StartError)
      return (error as StartError).message
    }
    return 'accepted'
  }

  it('takes functions, definitions and both, the default under the name of the file', () => {
    const routes = readRoutes('dir/model.v2.ts', {
      default: defineBatch(fn, { maxBatchSize: 3 }),
      other: fn,
    })
    expect(routes).toEqual([
      { name: 'model.v2', batchFunction: fn, options: { maxBatchSize: 3 } },
      { name: 'other', batchFunction: fn, options: {} },
    ])
  })

  it.each([
    ['a string', 'x', "'x'"],
    ['a number', 4, '4'],
    ['an object', { squares: fn }, '{ squares: [Function: fn] }'],
    ['null', null, 'null'],
    ['a class', class extends Array {}, '[class (anonymous) extends Array]'],
    ['a definition without a function', { ...defineBatch(fn), batchFunction: 1 }, '1'],
  ])('refuses %s by the name of the export, with what came', (_, value, shown) => {
    const message = refusal({ squares: fn, version: value })
    expect(message).toContain(
      "expected the export 'version' to be a batch function or defineBatch(...)",
    )
    expect(message).toContain(shown)
    expect(refusal({ default: value })).toContain('expected the default export to be')
  })

  it('refuses a module that exports nothing', () => {
    expect(refusal({})).toContain('received a module without exports')
  })

  it.each(['healthz', 'readyz', 'stats', 'metrics', 'openapi.json'])(
    'refuses a route that would hide /%s',
    (name) => {
      expect(refusal({ [name]: fn })).toContain(`would hide the service's own /${name}`)
      expect(refusal({ default: fn }, `dir/${name}.ts`)).toContain(
        `would hide the service's own /${name}`,
      )
    },
  )

  it.each(['my model.ts', ':id.ts', '*.ts', 'a?b.ts', 'ü.ts', '.ts', '..ts', '%41.ts'])(
    'refuses the file %j as the name of a route',
    (file) => expect(refusal({ default: fn }, file)).toContain('a name may have letters, digits'),
  )

  it('refuses two exports that ask for one route', () => {
    expect(refusal({ default: fn, model: fn })).toContain('both ask for /model')
  })

  it('takes names that an object has by nature', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty']
    const routes = readRoutes('m.ts', Object.fromEntries(names.map((name) => [name, fn])))
    expect(routes.map(({ name }) => name)).toEqual(names)
  })
})
