/**
 * After the compiler: gives the properties that only the core's own folders know short names. No
 * minifier does, as it cannot know which these are.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { findFiles } from '../find-files.ts'
import { assignShortNames } from './assign-short-names.ts'
import { findNames } from './find-names.ts'
import { namesBeside } from './names-beside.ts'
import { readPackage } from './package-sources.ts'
import { shorten } from './shorten.ts'

const folder = 'packages/jitney'
/** They know nothing of the world outside: what does, and what speaks to others, is in other folders. */
const inner = ['batcher', 'concurrency']

const sources = readPackage(folder, inner)
const names = findNames(sources)
const shortNames = assignShortNames(names, namesBeside(sources, names.internal.keys()))
for (const file of inner.flatMap((name) => findFiles(join(folder, 'dist', name), '.js'))) {
  const { code, map } = await shorten(
    { code: readFileSync(file, 'utf8'), map: readFileSync(`${file}.map`, 'utf8') },
    shortNames,
  )
  writeFileSync(file, code)
  writeFileSync(`${file}.map`, map)
}
