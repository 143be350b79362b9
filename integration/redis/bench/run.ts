/**
 * Items per second over Redis: one worker, two clients, each in a process of its own; BullMQ with
 * `waitUntilFinished` in turn with ours. Parameters: seconds, rounds. As JSON to
 * the file `RESULTS`, where it is set.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { findService, installServices } from '../../services.ts'
import { startRedis } from '../redis-server.ts'
import type { EngineName } from './engine.ts'

const seconds = Number(process.argv[2] ?? 5)
const rounds = Number(process.argv[3] ?? 1)
const warmUp = 1500

interface Row {
  readonly engine: EngineName
  readonly fsync: string
  readonly outstanding: number
  readonly 'items/s': number
  readonly 'mean batch': number
  readonly 'p50 ms': number
  readonly 'p99 ms': number
  readonly 'CPU us/item: server': number
  readonly worker: number
  readonly clients: number
}

async function measure(engine: EngineName, fsync: string, outstanding: number): Promise<Row> {
  await using server = await startRedis({ appendfsync: fsync })
  const start = (file: string, ...parameters: string[]): ChildProcess =>
    fork(join(import.meta.dirname, file), [engine, server.url, ...parameters])
  const worker = start('worker.ts')
  await once(worker, 'message')
  const clients = [1, 2].map(() =>
    start('client.ts', String(outstanding), String(warmUp), String(seconds * 1000)),
  )
  const told = await Promise.all(
    clients.map(async (client) => {
      const [message] = await once(client, 'message')
      return message as { latencies: number[]; wrong: number; cpu: number }
    }),
  )
  worker.send('stop')
  const [{ batches, items, cpu }] = (await once(worker, 'message')) as [
    { batches: number; items: number; cpu: number },
  ]
  await once(worker, 'exit')
  const ofServer = cpuOf(server.pid ?? 0)
  const perItem = (time: number): number => Math.round((time / items) * 10) / 10
  const latencies = told.flatMap((one) => one.latencies).sort((left, right) => left - right)
  if (told.some(({ wrong }) => wrong > 0)) throw new Error('Wrong results')
  const at = (share: number): number =>
    Math.round((latencies[Math.floor(latencies.length * share)] ?? NaN) * 10) / 10
  return {
    engine,
    fsync,
    outstanding,
    'items/s': Math.round(latencies.length / seconds),
    'mean batch': Math.round((items / batches) * 10) / 10,
    'p50 ms': at(0.5),
    'p99 ms': at(0.99),
    'CPU us/item: server': perItem(ofServer),
    worker: perItem(cpu),
    clients: perItem(told.reduce((sum, one) => sum + one.cpu, 0)),
  }
}

/** Microseconds of processor time of a process so far. */
function cpuOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000
}

const rows: Row[] = []
installServices(['redis-server'])
const loads = [
  ['everysec', 256],
  ['always', 256],
  ['everysec', 16],
] as const
for (let round = 0; round < rounds; round += 1) {
  for (const [fsync, outstanding] of findService('redis-server') === undefined ? [] : loads) {
    for (const engine of ['jitney', 'bullmq'] as const) {
      rows.push(await measure(engine, fsync, outstanding))
    }
  }
}
console.table(rows)
const { RESULTS: file } = process.env
if (file !== undefined) writeFileSync(file, JSON.stringify(rows))
