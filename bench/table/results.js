import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'

const folder = new URL('../results/', import.meta.url)
const latestFile = new URL('latest.json', folder)

/** @returns {Promise<import('./types.js').Results>} */
export async function readLatest() {
  return JSON.parse(await readFile(latestFile, 'utf8'))
}

/**
 * @param {import('./types.js').Results} results
 * @param {boolean} quick
 */
export async function save(results, quick) {
  const stamp = results.environment.date.slice(0, 19).replaceAll(':', '-')
  await write(new URL(`${stamp}${quick ? '-quick' : ''}.json`, folder), results)
}

/**
 * Puts rows in the place of those of the same budgets. All rows of latest.json are of one machine and
 * the same versions: what was measured elsewhere takes the place of everything.
 *
 * @param {import('./types.js').Results} results
 * @param {readonly string[]} order the names of all budgets
 */
export async function keep({ environment, rows }, order) {
  const latest = await readLatest().catch(() => undefined)
  const isSame = latest !== undefined && isSameMachine(latest.environment, environment)
  const names = new Set(rows.map(({ name }) => name))
  const others = isSame ? latest.rows.filter(({ name }) => !names.has(name)) : []
  const all = [...others, ...rows].sort(
    (left, right) => order.indexOf(left.name) - order.indexOf(right.name),
  )
  await write(latestFile, { environment, rows: all })
}

/**
 * @param {import('./types.js').Environment} one
 * @param {import('./types.js').Environment} other
 */
function isSameMachine(one, other) {
  return isDeepStrictEqual({ ...one, date: '' }, { ...other, date: '' })
}

async function write(file, results) {
  await mkdir(folder, { recursive: true })
  const round = (_, value) => (typeof value === 'number' ? Number(value.toPrecision(6)) : value)
  await writeFile(file, `${JSON.stringify(results, round, 2)}\n`)
}
