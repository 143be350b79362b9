import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { atMost, verdictOf } from '../table/bound.js'
import { figuresOf } from '../table/figures.js'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const sizeLimit = fileURLToPath(new URL('../../node_modules/size-limit/bin.js', import.meta.url))

/** What `npm run check:size` holds, and then what it does not: the concurrency half, and the peers. */
const configurations = ['.size-limit.json', 'bench/sizes.json']

/** The peers of each of ours: those that do what it does. */
const peersOf = {
  'jitney, the whole core': ['effect'],
  'jitney, Batcher alone': ['dataloader', 'batshit', 'pacer'],
  'jitney, the map family alone': ['p-map'],
  'jitney, the concurrency half alone': ['p-limit', 'p-queue', 'fastq'],
}

/** @type {import('../table/types.js').Budget} */
export const sizes = {
  name: 'sizes',
  title: 'Sizes, minified and gzipped',
  async measure({ report }) {
    report('sizes')
    const measured = []
    for (const configuration of configurations) measured.push(...(await sizesOf(configuration)))
    const isOurs = ({ sizeLimit: limit }) => limit !== undefined
    const peers = (names = []) =>
      measured
        .filter(({ name }) => names.includes(name))
        .map(({ name, size }) => ({ name, figures: figuresOf([size]) }))
    return measured.filter(isOurs).map(({ name, size, sizeLimit: limit }) => ({
      what: name,
      figure: 'minified and gzipped',
      unit: 'bytes',
      ours: { name: 'jitney', figures: figuresOf([size]) },
      peers: peers(peersOf[name]),
      budget: atMost(limit).text,
      verdict: verdictOf(atMost(limit), size),
    }))
  },
}

/** @returns {Promise<{ name: string, size: number, sizeLimit?: number }[]>} */
async function sizesOf(configuration) {
  const parameters = [sizeLimit, '--json', '--config', configuration]
  // It exits with 1 where a limit is passed, which is a row here.
  const { stdout } = await run(process.execPath, parameters, { cwd: root }).catch((error) => error)
  return JSON.parse(stdout)
}
