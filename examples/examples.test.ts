import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const execute = promisify(execFile)
const folder = import.meta.dirname
const longestRun = 120_000

/** Batch modules, which print nothing: `jitney serve` and `jitney tune` run them. */
const served = new Set(['service.ts', 'slow-model.ts'])

const files = readdirSync(folder).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
)
const programs = files.filter((file) => !served.has(file))

describe('examples', () => {
  it.concurrent.each(programs)(
    '%s prints what it says at its end',
    { timeout: longestRun },
    async (file) => {
      expect(await outputOf(file)).toBe(documentedOutputOf(file))
    },
  )

  it.each(files)('%s has at most 60 lines', (file) => {
    expect(read(file).trimEnd().split('\n').length).toBeLessThanOrEqual(60)
  })

  it.each(files)('%s has its line in the README', (file) => {
    expect(read('README.md')).toContain(`| [\`${file}\`](${file}) |`)
  })
})

function read(file: string): string {
  return readFileSync(join(folder, file), 'utf8')
}

async function outputOf(file: string): Promise<string> {
  const parameters = ['--conditions=jitney:source', '--import=tsx', join(folder, file)]
  const { stdout } = await execute(process.execPath, parameters, { timeout: longestRun })
  return stdout
}

/** The comment that ends the program, from the line that follows `// Output:`. */
function documentedOutputOf(file: string): string {
  const [, comment] = /\n\/\/ Output:\n((?:\/\/.*\n)+)$/.exec(read(file)) ?? []
  if (comment === undefined) throw new Error(`Cannot read ${file}: it does not end with its output`)
  return comment.replaceAll(/^\/\/ ?/gm, '')
}
