import { fileURLToPath } from 'node:url'
import { runOnFile } from '../harness/processes.js'

const bin = fileURLToPath(new URL('../../packages/cli/dist/bin.js', import.meta.url))

/** `jitney map`, as it is installed. */
export function create({ concurrency }) {
  return (url, input) =>
    runOnFile([bin, 'map', '--url', `${url}/{}`, '--concurrency', `${concurrency}`], input)
}
