import type { BatcherOptions } from 'jitney'
import { loadModule } from '../module/load-module.ts'
import { isBatchDefinition } from '../module/define-batch.ts'
import { BatcherJob } from './batcher-job.ts'
import { CommandJob } from './command-job.ts'
import type { Job } from './job.ts'
import { ModuleJob } from './module-job.ts'
import { readMapModule } from './read-map-module.ts'
import { UrlJob } from './url-job.ts'
import type { MapSettings } from './settings.ts'

/** A job, and how it wants its items. */
export interface Plan {
  readonly job: Job
  /** Lines that are done together. */
  readonly unitSize: number
  /** Units at once. */
  readonly concurrency: number
  /** Milliseconds for one attempt at a unit. */
  readonly timeout: number
  /** Open files that a unit in flight needs. */
  readonly filesEach: number
}

/** Requests and calls at once, unless told. */
const defaultConcurrency = 100

export async function createJob(args: MapSettings): Promise<Plan> {
  const { work, batchSize, concurrency = defaultConcurrency, timeout, maxResultSize } = args
  const isBatched = batchSize !== undefined
  const unitSize = batchSize ?? 1
  const shared = { isBatched, concurrency, maxResultSize }
  if (work.kind === 'url') {
    const { url, method } = work
    const headers = { 'user-agent': 'jitney', ...contentType(method), ...work.headers }
    const job = new UrlJob({ ...shared, url, method, headers, timeout })
    // It minds the time itself, at less cost.
    return { job, unitSize, concurrency, timeout: Infinity, filesEach: 1 }
  }
  if (work.kind === 'command') {
    const job = new CommandJob({ command: work.command, maxResultSize })
    return { job, unitSize, concurrency, timeout, filesEach: work.command.whole.hasPlaces ? 2 : 3 }
  }
  const exported = readMapModule(work.file, await loadModule(work.file))
  if (!isBatchDefinition(exported)) {
    const job = new ModuleJob({ ...shared, fn: exported })
    return { job, unitSize, concurrency, timeout, filesEach: 0 }
  }
  const job = new BatcherJob(work.file, exported, overrides(args), maxResultSize)
  // The time of an attempt is the batch's, not what an item waits for it.
  return { job, unitSize: 1, concurrency: job.room, timeout: Infinity, filesEach: 0 }
}

function contentType(method: string): Readonly<Record<string, string>> {
  return ['GET', 'HEAD', 'DELETE', 'OPTIONS'].includes(method)
    ? {}
    : { 'content-type': 'application/json' }
}

function overrides({ batchSize, concurrency, timeout }: MapSettings): BatcherOptions {
  return {
    ...(batchSize === undefined ? {} : { maxBatchSize: batchSize }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeout === Infinity ? {} : { timeout }),
  }
}
