import { readFile } from 'node:fs/promises'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { pythonVersions } from './python.js'
import { nodeFlags } from './run-child.js'

/**
 * What a figure depends on: date, machine, Node and the versions of what was measured, or the path
 * where it is another build of jitney than the installed one.
 */
export async function describeEnvironment() {
  const { dependencies } = await readJson('../package.json')
  const packages = {}
  for (const name of Object.keys(dependencies)) {
    const { version } = await readJson(`../node_modules/${name}/package.json`)
    packages[name] = version
  }
  if (process.env.JITNEY_MODULE !== undefined) packages.jitney = process.env.JITNEY_MODULE
  return {
    date: new Date().toISOString(),
    node: process.version,
    v8: process.versions.v8,
    nodeFlags: nodeFlags.join(' '),
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0].model,
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    packages,
    python: pythonVersions(['aiohttp', 'trio', 'fastapi', 'uvicorn', 'uvloop']),
  }
}

/** @param {string} path relative to this file */
async function readJson(path) {
  return JSON.parse(await readFile(new URL(path, import.meta.url), 'utf8'))
}
