import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What a row says whose server is not there. */
export const noServer = 'no server: JITNEY_SERVICES=install installs it'

/** @param {string} folder under `integration/` */
export function clientsFolder(folder) {
  return `${root}integration/${folder}`
}

/**
 * Why what a folder of clients measures cannot be measured here, if so. Clients that are not
 * installed are installed, but not for a quick run.
 *
 * @param {string} folder under `integration/`
 * @param {boolean} quick
 */
export function missingClients(folder, quick) {
  const path = clientsFolder(folder)
  if (existsSync(`${path}/node_modules`)) return undefined
  if (!quick && spawnSync('npm', ['ci', '--prefix', path], { stdio: 'inherit' }).status === 0) {
    return undefined
  }
  return `no clients: npm --prefix integration/${folder} ci`
}
