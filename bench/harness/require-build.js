import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Throws where jitney has not been built: what is measured is the package as it is published. */
export function requireBuild() {
  const file = fileURLToPath(import.meta.resolve('jitney'))
  if (existsSync(file)) return
  throw new Error(`Cannot measure jitney: run npm run build at the root first, there is no ${file}`)
}
