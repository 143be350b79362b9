import { setImmediate } from 'node:timers/promises'

import { Batcher, map } from 'jitney'

import { batchSize, type Contest, type Row, type Store } from './contest.ts'

/** What is done, and over how many connections. */
export interface Task {
  readonly contest: Contest
  readonly rows: readonly Row[]
  readonly connections: number
}

type Way = (task: Task) => () => Promise<unknown>

/** The ways in which all rows are stored. What each makes once is made before it is measured. */
export const ways = {
  'by hand': byHand,
  'insertBatcher, callers in loops': (task) => inLoops(task, task.contest.store),
  'insertBatcher, map': (task) => mapped(task, task.contest.store),
  'insertBatcher, all at once': (task) => atOnce(task, task.contest.store),
  'Batcher by hand, callers in loops': (task) => inLoops(task, plain(task)),
  'Batcher by hand, all at once': (task) => atOnce(task, plain(task)),
  'Batcher of nothing, callers in loops': (task) => inLoops(task, idle(task)),
  'Batcher of nothing, all at once': (task) => atOnce(task, idle(task)),
  'one by one': oneByOne,
} satisfies Record<string, Way>

export type WayName = keyof typeof ways

/** One more loop than connections, as `insertBatcher` too has its next batch at hand. */
function byHand({ contest, rows, connections }: Task): () => Promise<unknown> {
  return async () => {
    let next = 0
    const loop = async (): Promise<void> => {
      while (next < rows.length) await contest.byHand(rows.slice(next, (next += batchSize)))
    }
    await Promise.all(Array.from({ length: connections + 1 }, loop))
  }
}

function oneByOne({ contest, rows }: Task): () => Promise<unknown> {
  return async () => {
    for (const row of rows) await contest.single(row)
  }
}

/** As many callers as fill what is under way and two batches more, each with a row at a time. */
function callersOf({ connections }: Task): number {
  return (connections + 2) * batchSize
}

function inLoops(task: Task, store: Store): () => Promise<unknown> {
  const { rows } = task
  return async () => {
    let next = 0
    const caller = async (): Promise<void> => {
      while (next < rows.length) await store.process(rows[next++]!)
    }
    await Promise.all(Array.from({ length: callersOf(task) }, caller))
  }
}

function mapped(task: Task, store: Store): () => Promise<unknown> {
  const concurrency = callersOf(task)
  return () => map(task.rows, (row) => store.process(row), { concurrency })
}

function atOnce({ rows }: Task, store: Store): () => Promise<unknown> {
  return () => Promise.all(rows.map((row) => store.process(row)))
}

/** What the promises cost, around the same statement. */
function plain({ contest, connections }: Task): Store {
  return new Batcher<Row, undefined>(async (rows) => void (await contest.byHand(rows)), {
    maxBatchSize: batchSize,
    concurrency: connections,
  })
}

/** What they cost alone. */
function idle({ connections }: Task): Store {
  const nothing = async (): Promise<void> => setImmediate()
  return new Batcher<Row, undefined>(nothing, {
    maxBatchSize: batchSize,
    concurrency: connections,
  })
}
