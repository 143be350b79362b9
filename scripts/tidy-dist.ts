/** After the compiler: removes what no source stands behind any more, and makes the command executable. */
import { chmodSync, existsSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'

import { findFiles, packageFolders } from './find-files.ts'

for (const folder of packageFolders) {
  const dist = join(folder, 'dist')
  for (const file of findFiles(dist, '')) {
    const source = relative(dist, file).replace(/(\.d)?\.[jt]s(\.map)?$/, '.ts')
    if (!existsSync(join(folder, 'src', source))) rmSync(file)
  }
}
chmodSync('packages/cli/dist/bin.js', 0o755)
