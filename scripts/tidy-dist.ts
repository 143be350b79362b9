/**
 * After the compiler: copies what it leaves out, removes what no source stands behind any more, and
 * makes the command executable.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

import { cliAssets } from './cli-assets.ts'
import { findFiles, packageFolders } from './find-files.ts'

for (const path of cliAssets()) {
  const copied = join('packages/cli/dist', path)
  mkdirSync(dirname(copied), { recursive: true })
  copyFileSync(join('packages/cli/src', path), copied)
}

for (const folder of packageFolders) {
  const dist = join(folder, 'dist')
  for (const file of findFiles(dist, '')) {
    const source = relative(dist, file).replace(/(\.d)?\.[jt]s(\.map)?$/, '.ts')
    // As they stand, or compiled.
    const sources = [relative(dist, file), source]
    if (!sources.some((path) => existsSync(join(folder, 'src', path)))) rmSync(file)
  }
}
chmodSync('packages/cli/dist/bin.js', 0o755)
