/** The tests of SQLite with Node's own client, on versions that have it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { describe, expect, it } from 'vitest'

const execute = promisify(execFile)
const integration = join(import.meta.dirname, '..')
const vitest = join(createRequire(import.meta.url).resolve('vitest/package.json'), '../vitest.mjs')

interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

describe('node:sqlite', () => {
  it.each(['node-22', 'node-24'])(
    'passes the tests of SQLite on %s',
    { timeout: 180_000 },
    async (version) => {
      const folder = mkdtempSync(join(tmpdir(), 'jitney-results-'))
      const file = join(folder, 'results.json')
      const node = join(integration, 'runtimes/node_modules', version, 'bin/node')
      const parameters = [vitest, 'run', 'databases', '--root', integration]
      const only = ['-t', "on 'node:sqlite'", '--exclude', '**/node-sqlite.test.ts']
      const report = ['--reporter=json', `--outputFile=${file}`]
      try {
        // Its failures are in the file.
        await execute(node, [...parameters, ...only, ...report]).catch(() => {})
        const results = JSON.parse(readFileSync(file, 'utf8')) as Results
        const failed = results.testResults.flatMap(({ assertionResults }) =>
          assertionResults.filter(({ status }) => status === 'failed'),
        )
        expect(failed.map(({ fullName }) => fullName)).toEqual([])
        expect(results.numFailedTests).toBe(0)
        // Values, inserts and the conformance of the three batchers.
        expect(results.numPassedTests).toBeGreaterThan(25)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})
