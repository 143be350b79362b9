import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const installed = 'integration/runtimes/node_modules'

/** A runtime, and what of the core's tests is not for it. */
export interface Runtime {
  readonly name: string
  readonly command: readonly string[]
  /** Titles of tests that ask for what the runtime has not, with the reason. */
  readonly without?: { readonly titles: readonly string[]; readonly why: string }
}

const node = (version: number): Runtime => ({
  name: `Node ${version}`,
  command: [join(installed, `node-${version}/bin/node`)],
})

export const runtimes: readonly Runtime[] = [
  node20(),
  node(22),
  node(24),
  node(26),
  {
    name: 'Bun',
    command: [join(installed, '.bin/bun'), '--bun'],
    without: {
      titles: ['show where process\\(\\) was called', 'leaves nothing in memory'],
      why: 'they read stacks as V8 writes them, or the heap',
    },
  },
]

/** Those that run the program alone. */
export const others: readonly Runtime[] = [
  { name: 'Deno', command: [join(installed, '.bin/deno'), 'run', '--allow-all'] },
]

/** The oldest that is promised, or whichever Node 20 this is. */
function node20(): Runtime {
  return { name: 'Node 20.19', command: [join(installed, 'node-20/bin/node')] }
}

/** What the runtime says of its own version. */
export function versionOf({ command }: Runtime): string {
  const [program = ''] = command
  const said = execFileSync(program, ['--version'], { encoding: 'utf8' })
  return /\d+(\.\d+)+/.exec(said)?.[0] ?? said.trim()
}
