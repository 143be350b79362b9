import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createJiti } from 'jiti'
import * as jitney from 'jitney'
import { show } from '../arguments/show.ts'
import { StartError } from '../errors.ts'
import * as cli from '../index.ts'

/**
 * Imports a module, TypeScript included, and resolves to its exports.
 *
 * `jitney` and `@jitney/cli` are this very copy there, wherever the module lies: it needs no
 * `node_modules` of its own, and what it makes is what the service knows.
 *
 * @param isFresh whether its code is read again, if it was loaded before.
 */
export async function loadModule(
  file: string,
  isFresh = false,
): Promise<Readonly<Record<string, unknown>>> {
  const path = resolve(file)
  await checkFile(file, path)
  const jiti = createJiti(import.meta.url, {
    interopDefault: false,
    moduleCache: !isFresh,
    virtualModules: { jitney, '@jitney/cli': cli },
  })
  try {
    return await jiti.import<Record<string, unknown>>(path)
  } catch (error) {
    throw new StartError(`Cannot load ${file}: ${reasonOf(error)}`, { cause: error })
  }
}

async function checkFile(file: string, path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw new StartError(
      `Cannot load ${file}: ${missing(error) ? 'there is no such file' : reasonOf(error)}`,
      {
        cause: error,
      },
    )
  })
  if (!/\.[cm]?[jt]s$/.test(file) && found.isFile()) {
    throw new StartError(
      `Cannot load ${file}: expected a module (.js, .mjs, .cjs, .ts, .mts, .cts)`,
    )
  }
  if (!found.isFile())
    throw new StartError(`Cannot load ${file}: expected a file, received a folder`)
}

function missing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR'
}

/** What went wrong, and where in the module if that is known. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${show(error)}`
  const message = error.message.replace(/\s*\n\s*/g, ' ')
  const place = /^ +at .*?((?:\/|[A-Za-z]:\\|file:)[^()\n]*:\d+:\d+)\)?$/m.exec(
    error.stack ?? '',
  )?.[1]
  const known =
    place === undefined || place.includes('node_modules') || message.includes('Require stack')
  return known ? message : `${message} (${place})`
}
