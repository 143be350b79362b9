/**
 * Compiles the built declarations as a user without this repository's settings would: strictly,
 * checking libraries, with the types of one platform at a time and with both compilers.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const library = `
import { Batcher } from 'jitney'
import * as amqp from 'jitney/amqp'
import * as aws from 'jitney/aws'
import * as dataloader from 'jitney/dataloader'
import * as http from 'jitney/http'
import * as kafka from 'jitney/kafka'
import * as mysql from 'jitney/mysql'
import * as onnx from 'jitney/onnx'
import * as openai from 'jitney/openai'
import * as opentelemetry from 'jitney/opentelemetry'
import * as policy from 'jitney/policy'
import * as postgres from 'jitney/postgres'
import * as remote from 'jitney/remote'
import * as sqlite from 'jitney/sqlite'
import * as tensor from 'jitney/tensor'
import * as testing from 'jitney/testing'
import * as worker from 'jitney/worker'

const squares = new Batcher(async (numbers: number[]) => numbers.map((number) => number * number))
export const nine: Promise<number> = squares.process(3, { signal: new AbortController().signal })
export const modules = [
  amqp,
  aws,
  dataloader,
  http,
  kafka,
  mysql,
  onnx,
  openai,
  opentelemetry,
  policy,
  postgres,
  remote,
  sqlite,
  tensor,
  testing,
  worker,
]
`
const command = `
import { defineBatch } from '@jitney/cli'

export const squares: unknown = defineBatch((numbers: number[]) => numbers)
`

const consumers = [
  { name: 'library, browser', source: library, lib: ['ES2023', 'DOM'], types: [] },
  { name: 'library, web worker', source: library, lib: ['ES2023', 'WebWorker'], types: [] },
  { name: 'library, Node', source: library, lib: ['ES2023'], types: ['node'] },
  { name: 'command, Node', source: command, lib: ['ES2023'], types: ['node'] },
]
const compilers = ['tsc', 'tsc6']

mkdirSync('.scratch', { recursive: true })
const folder = mkdtempSync('.scratch/declarations-')
try {
  for (const { name, source, lib, types } of consumers) {
    const compilerOptions = { module: 'NodeNext', lib, types, strict: true, noEmit: true }
    const configuration = { compilerOptions, files: ['consumer.ts'] }
    writeFileSync(join(folder, 'consumer.ts'), source)
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
    for (const compiler of compilers) {
      const { status } = spawnSync(compiler, ['--project', folder], { stdio: 'inherit' })
      if (status !== 0) process.exitCode = 1
      console.log(`${name}, ${compiler}: ${status === 0 ? 'compiles' : 'does not compile'}`)
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
