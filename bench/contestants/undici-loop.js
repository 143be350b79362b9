import { fileURLToPath } from 'node:url'
import { runOnFile } from '../harness/processes.js'

const file = fileURLToPath(new URL('../harness/undici-loop.js', import.meta.url))

/** A hand-written loop over undici. */
export function create({ concurrency }) {
  return (url, input) => runOnFile([file, url, `${concurrency}`], input)
}
