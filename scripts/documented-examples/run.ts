/**
 * Type-checks the examples of the pages and doc comments together, then runs each in a process of
 * its own, with the packages as they were built, which takes a fifth of the time that their sources
 * would; then types the commands of each page into a shell. With parameters, only those of documents
 * whose paths contain one of them.
 */
import { execFile, type ExecFileException } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

import { build } from 'esbuild'

import { findFiles, packageFolders } from '../find-files.ts'
import { assertValues } from './assert-values.ts'
import { findCommands } from './find-commands.ts'
import { type Example, findExamples } from './find-examples.ts'
import { runCommands } from './run-commands.ts'

const execute = promisify(execFile)
const longestRun = 60_000

interface Program {
  readonly example: Example
  readonly path: string
}

function documents(): string[] {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...packageFolders.map((folder) => join(folder, 'README.md')),
  ]
  const wanted = process.argv.slice(2)
  return [
    ...pages.filter((page) => existsSync(page)),
    // The reference is made of the doc comments, whose examples run where they stand.
    ...findFiles('docs', '.md').filter((page) => !page.startsWith('docs/api/')),
    ...packageFolders.flatMap((folder) => findFiles(join(folder, 'src'), '.ts')),
  ].filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
}

/** Writes a program whose lines stand where they stand in the document. */
async function write(example: Example, folder: string): Promise<Program> {
  const path = join(folder, `${example.file.replaceAll('/', '__')}.${example.line}.ts`)
  const helpers = `import { $printed, $value } from '../../scripts/documented-examples/check-value.ts'`
  await writeFile(path, helpers + '\n'.repeat(example.line - 1) + assertValues(example) + '\n')
  return { example, path }
}

/** Runs `task` on everything, as many at once as there are cores, and gives the failures. */
async function failuresOf<Thing>(
  things: readonly Thing[],
  task: (thing: Thing) => Promise<string | undefined>,
): Promise<string[]> {
  const failures: string[] = []
  const waiting = things.values()
  async function work(): Promise<void> {
    for (const thing of waiting) {
      const failure = await task(thing)
      if (failure !== undefined) failures.push(failure)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
  return failures
}

/** Why a process failed and what it printed, or `undefined` if it did not. */
async function failureOf(command: string, parameters: string[]): Promise<string | undefined> {
  try {
    await execute(command, parameters, { timeout: longestRun })
    return undefined
  } catch (error) {
    const { code, killed, stdout, stderr } = error as ExecFileException
    return `${killed ? `killed after ${longestRun} ms` : `exit code ${code}`}\n${stderr}${stdout}`
  }
}

/** Where the program is as JavaScript. */
function compiled(path: string): string {
  return path.replace(/\.ts$/, '.js')
}

async function runExample({ example, path }: Program): Promise<string | undefined> {
  const failure = await failureOf(process.execPath, ['--enable-source-maps', compiled(path)])
  if (failure === undefined) return undefined
  const line = new RegExp(`${basename(path)}:(\\d+)`).exec(failure)?.[1] ?? example.line
  return `${example.file}:${line}\n${failure}`
}

await mkdir('.scratch', { recursive: true })
const folder = await mkdtemp('.scratch/documented-examples-')
try {
  const examples = documents().flatMap(findExamples)
  const programs = await Promise.all(examples.map((example) => write(example, folder)))
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.base.json',
      compilerOptions: { noEmit: true, noUnusedLocals: false, noUnusedParameters: false },
      include: ['*.ts'],
    }),
  )
  await build({
    entryPoints: programs.map(({ path }) => path),
    outdir: folder,
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    bundle: true,
    packages: 'external',
  })
  const typeErrors = await failureOf('tsc', ['--project', folder, '--pretty', 'false'])
  const running = typeErrors === undefined ? programs.filter(({ example }) => example.runs) : []
  const failures = typeErrors === undefined ? await failuresOf(running, runExample) : [typeErrors]
  const sessions = documents()
    .filter((path) => path.endsWith('.md'))
    .map(findCommands)
    .filter(({ commands }) => commands.length > 0)
  failures.push(
    ...(await failuresOf(sessions, async (session) => {
      const beside = join(folder, session.page.replaceAll('/', '__'))
      await mkdir(beside)
      return runCommands(session, beside)
    })),
  )
  for (const failure of failures) {
    process.exitCode = 1
    const told = programs.reduce(
      (text, { example, path }) => text.replaceAll(path, example.file),
      failure,
    )
    console.error(told)
  }
  console.log(
    `${programs.length} documented examples, ${running.length} of them run, commands of ${sessions.length} pages, ${failures.length} failures`,
  )
} finally {
  await rm(folder, { recursive: true })
}
