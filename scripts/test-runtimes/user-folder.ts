import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder outside the repository with the packed library, unpacked where a user has it. */
export interface UserFolder extends Disposable {
  readonly path: string
}

export function makeUserFolder(): UserFolder {
  const path = mkdtempSync(join(tmpdir(), 'jitney-runtimes-'))
  const installed = join(path, 'node_modules/jitney')
  mkdirSync(installed, { recursive: true })
  const packing = ['pack', '--json', '--pack-destination', path]
  const packed = execFileSync('npm', packing, {
    cwd: 'packages/jitney',
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
  execFileSync('tar', ['-xzf', join(path, filename), '--strip-components=1', '-C', installed])
  writeFileSync(join(path, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  copyFileSync('scripts/test-runtimes/program.js', join(path, 'program.js'))
  writeFileSync(
    join(path, 'run.js'),
    "import { runCases } from './program.js'\nconsole.log(JSON.stringify(await runCases()))\n",
  )
  return {
    path,
    [Symbol.dispose]: () => {
      rmSync(path, { recursive: true })
    },
  }
}
