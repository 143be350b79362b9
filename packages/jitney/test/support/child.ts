import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../../', import.meta.url))

/** How a process went. */
export interface Exit {
  /** `null` if it had to be killed, because it did not end by itself. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs an ECMAScript module, given as a text that can import the sources by name, in a process of its own. */
export function runModule(
  source: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Exit> {
  const fromSources = ['--conditions=jitney:source', '--import', 'tsx']
  return run([...fromSources, '--input-type=module', '--eval', source], root, env)
}

/** Runs Node in a folder and waits for its end. */
export function run(
  parameters: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, parameters, {
      cwd,
      env: { ...process.env, NODE_OPTIONS: '', NODE_DEBUG: '', ...env },
      // Far longer than any of them needs: only one that hangs is killed.
      timeout: 30_000,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => {
      resolve({ code, stdout, stderr })
    })
  })
}
