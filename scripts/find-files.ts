import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const generated = new Set(['node_modules', 'dist', 'coverage'])

/** Paths of the files below a folder whose names end in `ending`, sorted; none if it is not there. */
export function findFiles(folder: string, ending: string): string[] {
  return list(folder)
    .filter((path) => path.endsWith(ending))
    .toSorted()
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name)
      if (!entry.isDirectory()) return [path]
      return generated.has(entry.name) ? [] : list(path)
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/** The folders of the published packages. */
export const packageFolders = ['packages/jitney', 'packages/cli']
