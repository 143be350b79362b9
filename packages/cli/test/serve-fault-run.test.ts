import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const script = fileURLToPath(new URL('../../../scripts/serve-fault-run.ts', import.meta.url))

describe('A service under mixed load, with disconnects, crashes, killed upstreams, reloads and SIGTERM', () => {
  it('answers every request rightly or with a typed error, holds nothing, and ends with 0', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, '4'])
    expect(stdout).toContain('exit code 0; 0 faults')
  }, 120_000)
})
