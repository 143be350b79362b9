import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'

import type { Runtime } from './nodes.ts'

/** How the cases of program.js ended. */
export interface CaseResults {
  readonly passed: number
  readonly failed: readonly string[]
}

/** Runs program.js on the packed library. */
export function runProgram({ command }: Runtime, folder: string): CaseResults {
  const [program = '', ...parameters] = command
  const output = execFileSync(resolve(program), [...parameters, 'run.js'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return JSON.parse(output) as CaseResults
}
