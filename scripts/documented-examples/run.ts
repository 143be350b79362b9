/**
 * Type-checks the examples of the pages and doc comments together, then runs each in a process of
 * its own, from source.
 */
import { execFile, type ExecFileException } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'

import { findFiles, packageFolders } from '../find-files.ts'
import { assertValues } from './assert-values.ts'
import { type Example, findExamples } from './find-examples.ts'

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
  return [
    ...pages.filter((page) => existsSync(page)),
    // The reference is made of the doc comments, whose examples run where they stand.
    ...findFiles('docs', '.md').filter((page) => !page.startsWith('docs/api/')),
    ...packageFolders.flatMap((folder) => findFiles(join(folder, 'src'), '.ts')),
  ]
}

/** Writes a program whose lines stand where they stand in the document. */
async function write(example: Example, folder: string): Promise<Program> {
  const path = join(folder, `${example.file.replaceAll('/', '__')}.${example.line}.ts`)
  const helpers = `import { $printed, $value } from '../../scripts/documented-examples/check-value.ts'`
  await writeFile(path, helpers + '\n'.repeat(example.line - 1) + assertValues(example) + '\n')
  return { example, path }
}

/** Runs `task` on all programs, as many at once as there are cores, and gives the failures. */
async function failuresOf(
  programs: readonly Program[],
  task: (program: Program) => Promise<string | undefined>,
): Promise<string[]> {
  const failures: string[] = []
  const waiting = programs.values()
  async function work(): Promise<void> {
    for (const program of waiting) {
      const failure = await task(program)
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

async function runExample({ example, path }: Program): Promise<string | undefined> {
  const failure = await failureOf(process.execPath, [
    '--conditions=jitney:source',
    '--import=tsx',
    path,
  ])
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
  const typeErrors = await failureOf('tsc', ['--project', folder, '--pretty', 'false'])
  const running = typeErrors === undefined ? programs.filter(({ example }) => example.runs) : []
  const failures = typeErrors === undefined ? await failuresOf(running, runExample) : [typeErrors]
  for (const failure of failures) {
    process.exitCode = 1
    const told = programs.reduce(
      (text, { example, path }) => text.replaceAll(path, example.file),
      failure,
    )
    console.error(told)
  }
  console.log(
    `${programs.length} documented examples, ${running.length} of them run, ${failures.length} failures`,
  )
} finally {
  await rm(folder, { recursive: true })
}
