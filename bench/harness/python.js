import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

/** Debian's own, since Debian's packages belong to it. */
export const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3'

/** @param {string} script a file in `python/` */
export function pythonFile(script) {
  return fileURLToPath(new URL(`../python/${script}`, import.meta.url))
}

/**
 * The versions of Python and of these modules, of those that are there.
 *
 * @param {readonly string[]} modules
 * @returns {Record<string, string>}
 */
export function pythonVersions(modules) {
  const { status, stdout } = spawnSync(python, [pythonFile('versions.py'), ...modules], {
    encoding: 'utf8',
  })
  return status === 0 ? JSON.parse(stdout) : {}
}

/**
 * Why a program that needs this module cannot run here, if so.
 *
 * @param {string} module
 */
export function missingPython(module) {
  if (module in pythonVersions([module])) return undefined
  return `no ${module} for ${python} (Debian: python3-${module})`
}

/**
 * A contestant that is a program in Python, in a process of its own; it writes a result as JSON.
 *
 * @param {string} library
 */
export function inPython(library) {
  return (parameters) =>
    async (script, input = '') => {
      const flags = Object.entries(parameters).map(([name, value]) => `--${name}=${value}`)
      const child = spawn(python, [pythonFile(script), library, ...flags], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      child.stdin.end(input)
      return JSON.parse(await text(child.stdout))
    }
}
