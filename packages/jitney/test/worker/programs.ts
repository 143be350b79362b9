/** Programs for `processBatch` and modules for `threadBatch`. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { Batcher, type BatcherOptions } from '../../src/index.ts'
import {
  type BatchWorkers,
  processBatch,
  type ProcessBatchOptions,
  threadBatch,
  type ThreadBatchOptions,
} from '../../src/worker/index.ts'

const read = `
const answer = (message) => process.stdout.write(JSON.stringify(message) + '\\n')
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => handle(JSON.parse(line)))
`

/** A program of which `handle(message)` is called for each line, and which calls `answer`. */
export function program(body: string): [string, ...string[]] {
  return [process.execPath, '-e', `${read}\n${body}`]
}

export interface Setup<Item, Result> {
  readonly workers: BatchWorkers<Item, Result>
  readonly batcher: Batcher<Item, Result>
  end(): Promise<void>
}

export function setUp<Item, Result>(
  workers: BatchWorkers<Item, Result>,
  options?: BatcherOptions<Item>,
): Setup<Item, Result> {
  const batcher = new Batcher<Item, Result>(workers, { concurrency: workers.size, ...options })
  const end = async (): Promise<void> => {
    await batcher.close()
    await workers.close()
  }
  return { workers, batcher, end }
}

export function setUpProcess<Item, Result>(
  body: string,
  options?: ProcessBatchOptions,
  batcherOptions?: BatcherOptions<Item>,
): Setup<Item, Result> {
  return setUp(
    processBatch<Item, Result>(program(body), { restart: { minDelay: 1 }, ...options }),
    batcherOptions,
  )
}

export const fixtures: URL = new URL('../fixtures/threads.ts', import.meta.url)
export const nodeArguments: string[] = ['--conditions=jitney:source', '--import', 'tsx']

export function setUpThreads<Item, Result>(
  exportName: string,
  options?: ThreadBatchOptions,
  batcherOptions?: BatcherOptions<Item>,
): Setup<Item, Result> {
  const all = { size: 1, exportName, nodeArguments, restart: { minDelay: 1 }, ...options }
  return setUp(threadBatch<Item, Result>(fixtures, all), batcherOptions)
}

/** A server that tells when so many programs have connected, and when they have gone. */
export interface Meeting {
  readonly port: number
  /** Resolves to the connections, each of which closes when its program ends. */
  arrived(count: number): Promise<readonly Socket[]>
  close(): void
}

export async function startMeeting(): Promise<Meeting> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.resume()
    sockets.push(socket)
    server.emit('arrival')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    arrived: async (count) => {
      while (sockets.length < count) await once(server, 'arrival')
      return sockets
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

/** Resolves when a program has gone, with or without a farewell. */
export async function gone(socket: Socket | undefined): Promise<boolean> {
  if (socket?.closed === false) await new Promise((resolve) => void socket.once('close', resolve))
  return socket !== undefined
}

/** What a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<Error & { cause: unknown }> {
  try {
    await promise
  } catch (error) {
    return error as Error & { cause: unknown }
  }
  throw new Error('it did not reject')
}
