import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { expect, it } from 'vitest'

const execute = promisify(execFile)

/** A test for each program in a folder: it is short, and prints what stands at its end. */
export function runExamples(folder: string): void {
  it.concurrent.each(readdirSync(folder))('%s prints what it says at its end', async (file) => {
    const path = join(folder, file)
    const text = readFileSync(path, 'utf8')
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
    const [, output] = /\n\/\/ Output:\n((?:\/\/.*\n)+)$/.exec(text) ?? []
    const { stdout } = await execute(process.execPath, ['--import=tsx', path])
    expect(stdout).toBe(output?.replaceAll(/^\/\/ ?/gm, ''))
  })
}
