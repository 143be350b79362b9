import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { chartsOf } from './charts.js'
import { frontFigures } from './front-figures.js'
import { pageOf } from './page.js'
import { readLatest } from './results.js'

const root = new URL('../../', import.meta.url)
const charts = 'docs/charts/'
const marks = /(?<=<!-- figures -->\n)[^]*?(?=<!-- \/figures -->)/

/** Writes the pages that are made from the results. */
export async function publish() {
  await rm(new URL(charts, root), { recursive: true, force: true })
  await mkdir(new URL(charts, root))
  for (const [path, text] of await pages()) await writeFile(new URL(path, root), text)
}

/** The pages that are not as the results make them. */
export async function stalePages() {
  const made = await pages()
  const drawn = await readdir(new URL(charts, root))
  const stale = drawn.map((file) => charts + file).filter((path) => !made.has(path))
  for (const [path, text] of made) {
    const there = await readFile(new URL(path, root), 'utf8').catch(() => undefined)
    if (there !== text) stale.push(path)
  }
  return stale
}

/** @returns {Promise<Map<string, string>>} */
async function pages() {
  const results = await readLatest()
  const readme = await readFile(new URL('README.md', root), 'utf8')
  if (!marks.test(readme)) throw new Error('Cannot publish: README.md has no marks for the figures')
  return new Map([
    ['README.md', readme.replace(marks, () => `\n${frontFigures(results)}\n\n`)],
    ['docs/performance.md', pageOf(results)],
    ...chartsOf(results).map(({ file, svg }) => /** @type {const} */ ([charts + file, svg])),
  ])
}
