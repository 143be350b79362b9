import { parseArgs } from 'node:util'
import { publish, stalePages } from './table/publish.js'

/** Writes the figures of results/latest.json where they are shown; with --check, says where they differ. */
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
if (values.check) {
  const stale = await stalePages()
  if (stale.length > 0) {
    console.error(`Not as the results make them (npm run bench:publish): ${stale.join(', ')}`)
    process.exitCode = 1
  }
} else await publish()
