/**
 * After the compiler: makes the modules of the core smaller, by what no minifier of users can know or
 * does. No file is added or goes, and the maps lead to the sources as before.
 */
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { findFiles } from '../find-files.ts'
import { arrange } from './arrange.ts'
import { assignShortNames } from './assign-short-names.ts'
import { compress } from './compress.ts'
import { findNames } from './find-names.ts'
import { readLayout } from './layout.ts'
import { type Module, readModule, writeModule } from './module.ts'
import { namesBeside } from './names-beside.ts'
import { readPackage } from './package-sources.ts'
import { shorten } from './shorten.ts'

const folder = 'packages/jitney'
/** They know nothing of the world outside: what does, and what speaks to others, is in other folders. */
const inner = ['batcher', 'concurrency']

const sources = readPackage(folder, inner)
const names = findNames(sources)
const usual = JSON.parse(
  readFileSync(new URL('short-names.json', import.meta.url), 'utf8'),
) as Record<string, string>
const shortNames = assignShortNames(names, namesBeside(sources, names.internal.keys()), usual)

function builtOf(name: string): string[] {
  return findFiles(join(folder, 'dist', name), '.js')
}

const layout = readLayout()

async function rewrite(file: string, change: (module: Module) => Promise<Module>): Promise<void> {
  const path = relative(join(folder, 'dist'), file).replace(/\.js$/, '')
  writeModule(file, await arrange(await change(readModule(file)), path, layout))
}

for (const file of inner.flatMap(builtOf))
  await rewrite(file, async (module) => compress(await shorten(module, shortNames)))
for (const file of builtOf('platform')) await rewrite(file, compress)
await rewrite(join(folder, 'dist/index.js'), async (module) => module)
