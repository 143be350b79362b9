import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packageFolders = ['../packages/jitney', '../packages/cli'].map((folder) =>
  join(import.meta.dirname, folder),
)

/** A folder outside the repository where both packages are installed from their tarballs, as users do. */
export interface Installation extends Disposable {
  readonly folder: string
}

export function install(): Installation {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-installation-'))
  const tarballs = packageFolders.map((packageFolder) => {
    const packed = npm(packageFolder, 'pack', '--json', '--pack-destination', folder)
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
    return join(folder, filename)
  })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  npm(folder, 'install', '--prefer-offline', ...tarballs, piscina())
  return {
    folder,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  }
}

/** The optional peer, in the version that the package is tested with. */
function piscina(): string {
  const manifest = join(import.meta.dirname, '../packages/jitney/package.json')
  const { devDependencies } = JSON.parse(readFileSync(manifest, 'utf8')) as {
    devDependencies: { piscina: string }
  }
  return `piscina@${devDependencies.piscina}`
}

function npm(folder: string, ...parameters: string[]): string {
  return execFileSync('npm', parameters, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}
