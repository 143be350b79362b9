/** The built package as a user gets it: packed, unpacked into another folder, used by name. */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

import * as jitney from 'jitney'
import * as amqp from 'jitney/amqp'
import * as dataloader from 'jitney/dataloader'
import * as http from 'jitney/http'
import * as kafka from 'jitney/kafka'
import * as mysql from 'jitney/mysql'
import * as onnx from 'jitney/onnx'
import * as openai from 'jitney/openai'
import * as opentelemetry from 'jitney/opentelemetry'
import * as policy from 'jitney/policy'
import * as postgres from 'jitney/postgres'
import * as remote from 'jitney/remote'
import * as sqlite from 'jitney/sqlite'
import * as tensor from 'jitney/tensor'
import * as testing from 'jitney/testing'
import * as worker from 'jitney/worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Exit, run } from './support/child.ts'

interface Pack {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

interface Manifest {
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional: boolean }>>
}

const sources = {
  jitney,
  'jitney/amqp': amqp,
  'jitney/dataloader': dataloader,
  'jitney/http': http,
  'jitney/kafka': kafka,
  'jitney/mysql': mysql,
  'jitney/onnx': onnx,
  'jitney/openai': openai,
  'jitney/opentelemetry': opentelemetry,
  'jitney/policy': policy,
  'jitney/postgres': postgres,
  'jitney/remote': remote,
  'jitney/sqlite': sqlite,
  'jitney/tensor': tensor,
  'jitney/testing': testing,
  'jitney/worker': worker,
}
const packageFolder = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../../..', import.meta.url))
const allowed = 60_000

let userFolder: string
let installed: string
let files: readonly string[]

beforeAll(() => {
  userFolder = mkdtempSync(join(tmpdir(), 'jitney-user-'))
  installed = join(userFolder, 'node_modules', 'jitney')
  mkdirSync(installed, { recursive: true })
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', userFolder], {
    cwd: packageFolder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [pack] = JSON.parse(output) as [Pack]
  files = pack.files.map(({ path }) => path)
  const tarball = join(userFolder, pack.filename)
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed])
  // The peer that a subpath imports as a whole.
  symlinkSync(join(root, 'node_modules/@opentelemetry'), join(dirname(installed), '@opentelemetry'))
  writeFileSync(join(userFolder, 'package.json'), JSON.stringify({ type: 'module' }))
}, allowed)

afterAll(() => {
  rmSync(userFolder, { recursive: true, force: true })
})

/** Runs a module of the user. */
function runAsUser(source: string): Promise<Exit> {
  writeFileSync(join(userFolder, 'program.js'), source)
  return run(['program.js'], userFolder)
}

/** Compiles a module of the user, strictly, the declarations of libraries included. */
function compileAsUser(source: string, options: object): string {
  writeFileSync(join(userFolder, 'consumer.ts'), source)
  const compilerOptions = {
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    module: 'NodeNext',
    target: 'ES2023',
    ...options,
  }
  const configuration = { compilerOptions, files: ['consumer.ts'] }
  writeFileSync(join(userFolder, 'tsconfig.json'), JSON.stringify(configuration))
  try {
    const compiler = join(root, 'node_modules', '.bin', 'tsc')
    return execFileSync(compiler, ['--project', userFolder], { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    return (error as { stdout: string }).stdout
  }
}

describe('the packed package', () => {
  it('runs a batch in plain Node, imported by name', async () => {
    const exit = await runAsUser(`
      import { Batcher, BatchError, outcome } from 'jitney'
      import { nextDeparture } from 'jitney/policy'
      import { ManualClock, manualBatches, settle } from 'jitney/testing'

      const squares = new Batcher((numbers) => numbers.map((number) => number * number), { maxBatchSize: 2 })
      console.log(await squares.processAll([1, 2, 3]), squares.stats().batches)

      const clock = new ManualClock()
      const batches = manualBatches()
      const windowed = new Batcher(batches.batchFunction, { clock, maxQueueTime: 1000 })
      const settled = windowed.processAllSettled(['a', 'b'])
      await clock.advance(1000)
      batches.calls[0].resolve(['A', outcome.error('none')])
      console.log(batches.items, await settled)

      const failing = new Batcher(() => { throw new Error('down') })
      await failing.process(1).catch((error) => console.log(error instanceof BatchError, error.code))
      await settle()
      console.log(nextDeparture({ full: true }).at)
    `)
    expect(exit).toEqual({
      code: 0,
      stderr: '',
      stdout: [
        '[ 1, 4, 9 ] 2',
        "[ [ 'a', 'b' ] ] [",
        "  { status: 'fulfilled', value: 'A' },",
        "  { status: 'rejected', reason: 'none' }",
        ']',
        'true JITNEY_BATCH_FAILED',
        '-Infinity',
        '',
      ].join('\n'),
    })
  })

  it('comes from the build and not from the sources', async () => {
    const { stdout } = await runAsUser(`
      for (const name of ${JSON.stringify(Object.keys(sources))}) console.log(import.meta.resolve(name))
    `)
    const places = stdout.trimEnd().split('\n')
    expect(places).toHaveLength(Object.keys(sources).length)
    for (const place of places) expect(place).toContain('/node_modules/jitney/dist/')
  })

  it.each(Object.entries(sources))(
    'exports from %s what the sources export',
    async (name, source) => {
      const { stdout } = await runAsUser(`
      console.log(JSON.stringify(Object.keys(await import('${name}'))))
    `)
      expect((JSON.parse(stdout) as string[]).toSorted()).toEqual(Object.keys(source).toSorted())
    },
  )

  it("gives DataLoader's class to whoever requires it, as the package `dataloader` does", async () => {
    const { stdout } = await runAsUser(`
      import { createRequire } from 'node:module'
      import DataLoader from 'jitney/dataloader'

      const required = createRequire(import.meta.url)('jitney/dataloader')
      console.log((required.default ?? required) === DataLoader)
    `)
    expect(stdout).toBe('true\n')
  })

  it('lets nothing else be imported', async () => {
    const { stdout } = await runAsUser(`
      for (const name of ['jitney/dist/index.js', 'jitney/src/index.ts', 'jitney/batcher']) {
        await import(name).catch((error) => console.log(error.code))
      }
      const { default: manifest } = await import('jitney/package.json', { with: { type: 'json' } })
      console.log(manifest.name)
    `)
    expect(stdout.trimEnd().split('\n')).toEqual([
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
      'jitney',
    ])
  })

  it('holds the build, its sources, README, licence and manifest, and no tests', () => {
    expect(files).toEqual(expect.arrayContaining(['README.md', 'LICENSE', 'package.json']))
    expect(new Set(files.map((path) => path.split('/')[0]))).toEqual(
      new Set(['dist', 'src', 'README.md', 'LICENSE', 'package.json', ...changelog()]),
    )
    expect(files.filter((path) => /test|spec|fixture|tsconfig|\.tsbuildinfo/.test(path))).toEqual(
      files.filter((path) => /^(dist|src)\/testing\//.test(path)),
    )
  })

  it('holds for each source its build, its declarations and maps that lead back to it', () => {
    const sourceFiles = files.filter((path) => path.startsWith('src/'))
    const built = sourceFiles.flatMap((path) => {
      const stem = path.replace(/^src/, 'dist').replace(/\.ts$/, '')
      return ['.js', '.js.map', '.d.ts', '.d.ts.map'].map((ending) => stem + ending)
    })
    expect(files.filter((path) => path.startsWith('dist/')).toSorted()).toEqual(built.toSorted())
    for (const map of files.filter((path) => path.endsWith('.map'))) {
      const { sources: named } = JSON.parse(readFileSync(join(installed, map), 'utf8')) as {
        sources: string[]
      }
      for (const source of named) expect(files).toContain(posix.join(dirname(map), source))
    }
  })

  it('needs nothing else to be installed', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Manifest
    for (const field of ['dependencies', 'optionalDependencies', 'scripts']) {
      expect(manifest).not.toHaveProperty(field)
    }
    // Peers are those of integrations, and whoever does not use these installs none.
    const peers = Object.keys(manifest.peerDependencies)
    expect(peers.filter((name) => !manifest.peerDependenciesMeta[name]?.optional)).toEqual([])
    const imported = files
      .filter((path) => path.endsWith('.js') && !/^dist\/(worker|telemetry)\//.test(path))
      .flatMap((path) => [
        ...readFileSync(join(installed, path), 'utf8').matchAll(/^(?:im|ex)port .* from '(.*)'/gm),
      ])
      .map(([, name]) => name as string)
    expect(imported.length).toBeGreaterThan(20)
    expect(imported.filter((name) => !name.startsWith('.'))).toEqual([])
  })
})

describe('the declarations of the packed package', { timeout: allowed }, () => {
  const consumer = `
    import { Batcher, type BatcherOptions, type BatcherStats, BatchError, outcome, type Processor } from 'jitney'
    import { type Departure, nextDeparture, type QueueState } from 'jitney/policy'
    import { deferred, ManualClock, manualBatches, settle } from 'jitney/testing'

    const clock = new ManualClock()
    const options: BatcherOptions = { maxQueueTime: 'adaptive', clock }
    const lengths = new Batcher(
      async (words: string[], { signal, reason }) =>
        words.map((word) => (signal.aborted || reason === 'flush' ? outcome.error(word) : word.length)),
      options,
    )
    export const processor: Processor<string, number> = lengths
    export const length: Promise<number> = lengths.process('abc', { signal: new AbortController().signal })
    export const stats: BatcherStats = lengths.stats()
    export const decide: (state: QueueState) => Departure = nextDeparture
    export const code: 'JITNEY_BATCH_FAILED' = new BatchError('').code
    export const batcher = new Batcher(manualBatches<string, number>().batchFunction)
    export const done: Promise<void> = settle().then(() => deferred().promise)

    // @ts-expect-error the items are texts: what was declared is not any
    void lengths.process(3)
  `

  it('compile strictly in a program for browsers, without the types of Node', () => {
    expect(compileAsUser(consumer, { lib: ['ES2023', 'DOM'], types: [] })).toBe('')
  })

  it('compile strictly in a program for Node', () => {
    const typeRoots = [join(root, 'node_modules', '@types')]
    expect(compileAsUser(consumer, { lib: ['ES2023'], types: ['node'], typeRoots })).toBe('')
  })

  it('compile strictly for a bundler', () => {
    const bundler = { module: 'ESNext', moduleResolution: 'Bundler' }
    expect(compileAsUser(consumer, { ...bundler, lib: ['ES2023', 'DOM'], types: [] })).toBe('')
  })
})

function changelog(): string[] {
  return existsSync(join(packageFolder, 'CHANGELOG.md')) ? ['CHANGELOG.md'] : []
}
