import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Runs a program in TypeScript that writes its results, as JSON, to the file that `RESULTS` names;
 * what it prints is not shown. Resolves to the results.
 *
 * @param {string} cwd
 * @param {string} file
 * @param {readonly string[]} parameters
 */
export async function runTypescript(cwd, file, parameters) {
  const folder = await mkdtemp(join(tmpdir(), 'jitney-bench-'))
  const results = join(folder, 'results.json')
  try {
    const child = spawn(process.execPath, ['--import=tsx', file, ...parameters], {
      cwd,
      env: { ...process.env, RESULTS: results },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code] = await once(child, 'exit')
    if (code !== 0) throw new Error(`Cannot measure: ${file} ended with ${code}`)
    return JSON.parse(await readFile(results, 'utf8'))
  } finally {
    await rm(folder, { recursive: true })
  }
}
