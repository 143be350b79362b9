/** Looks into what `npm pack` would hold of each package: all that a user needs, and no tests. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'

import { cliAssets } from './cli-assets.ts'
import { packageFolders } from './find-files.ts'

type Target = string | { readonly [condition: string]: Target }

interface Manifest {
  readonly bin?: Readonly<Record<string, string>>
  readonly exports: Target
}

interface Pack {
  readonly files: readonly { readonly path: string }[]
}

const required = ['package.json', 'README.md', 'LICENSE']

function problemsOf(folder: string): string[] {
  const { bin = {}, exports } = JSON.parse(read(folder, 'package.json')) as Manifest
  const packed = pack(folder)
  const assets = folder === 'packages/cli' ? cliAssets() : []
  const named = [
    ...required,
    ...Object.values(bin),
    ...targets(exports),
    ...assets.map((name) => `dist/${name}`),
  ]
  const missing = named.map((path) => posix.normalize(path)).filter((path) => !packed.has(path))
  const tests = [...packed].filter((path) => /(^|\/)tests?\/|\.test\./.test(path))
  return [
    ...missing.map((path) => `${folder}: ${path} is missing`),
    ...tests.map((path) => `${folder}: ${path} is a test`),
    ...(packed.has('LICENSE') && read(folder, 'LICENSE') !== read('.', 'LICENSE')
      ? [`${folder}: LICENSE is not that of the repository`]
      : []),
  ]
}

function pack(folder: string): Set<string> {
  const output = execFileSync('npm', ['pack', '--dry-run', '--json'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [{ files }] = JSON.parse(output) as [Pack]
  console.log(`${folder}: ${files.length} files`)
  return new Set(files.map(({ path }) => path))
}

/** All files that an `exports` field names, under whatever condition. */
function targets(target: Target): string[] {
  return typeof target === 'string' ? [target] : Object.values(target).flatMap(targets)
}

function read(...path: string[]): string {
  return readFileSync(join(...path), 'utf8')
}

const problems = packageFolders.flatMap(problemsOf)
for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
