/** Runs every `check:` script of package.json in its order, all of them even if one fails. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest
const checks = Object.keys(scripts).filter((name) => name.startsWith('check:'))

const failed = checks.filter((name) => {
  console.log(`\n> ${name}`)
  return spawnSync('npm', ['run', '--silent', name], { stdio: 'inherit' }).status !== 0
})
console.log(`\n${checks.length - failed.length} of ${checks.length} checks passed`)
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}`)
  process.exitCode = 1
}
