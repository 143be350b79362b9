import { execFileSync, type ExecFileSyncOptions } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Where Debian puts it; `JITNEY_CHROMIUM` says another place. */
const path = process.env['JITNEY_CHROMIUM'] ?? '/usr/bin/chromium'

/**
 * The path of a Chromium, or `undefined`, said aloud, if there is none.
 *
 * With `JITNEY_SERVICES=install` it is installed by apt where it is missing, with
 * `JITNEY_SERVICES=require` also, and it is an error if that fails.
 */
export function findChromium(): string | undefined {
  if (existsSync(path)) return path
  const wanted = process.env['JITNEY_SERVICES']
  if (wanted === 'install' || wanted === 'require') install()
  if (existsSync(path)) return path
  const reason = `there is no Chromium at ${path}; JITNEY_SERVICES=install installs it, JITNEY_CHROMIUM says another place`
  if (wanted === 'require') throw new Error(`Cannot test the dashboard: ${reason}`)
  console.warn(`\nNOT TESTED, the dashboard in a browser: ${reason}\n`)
  return undefined
}

function install(): void {
  try {
    const options: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] }
    execFileSync('apt-get', ['update'], options)
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], options)
  } catch (error) {
    console.warn(`Cannot install Chromium: ${(error as Error).message}`)
  }
}
