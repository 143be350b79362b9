import { z } from 'zod'
import { count, duration, headerName, queueTime, timeout } from './values.ts'

const rate = z.strictObject({
  limit: z.number().positive().describe('Most units in any span of interval milliseconds'),
  interval: z.number().positive().describe('Milliseconds'),
  of: z.enum(['batches', 'items']).default('batches').describe('What is counted'),
})

const retry = z.strictObject({
  attempts: z.int().min(1).describe('How often an item is tried in all'),
  minDelay: duration.optional().describe('Milliseconds before the second attempt, at most'),
  maxDelay: duration.optional().describe('Most milliseconds before any further attempt'),
})

/** The options of a route's batcher that a configuration can say. */
export const batcherShape = {
  maxBatchSize: count.optional().describe('Most items in a batch (default 100)'),
  maxQueueTime: queueTime
    .optional()
    .describe('How long an item may wait for company while a batch could run, in ms'),
  concurrency: count.optional().describe('Most batches that run at once (default 1)'),
  maxQueueSize: count
    .optional()
    .describe('Most items that wait (default 10 · maxBatchSize · concurrency)'),
  timeout: timeout.optional().describe('How long one run of the batch function may take, in ms'),
  retry: retry.optional().describe('Whether batches that failed are tried again'),
  splitOnError: z.boolean().optional().describe('Whether a batch that failed is tried in halves'),
  rateLimit: z
    .union([rate, z.array(rate)])
    .optional()
    .describe('What an upstream allows'),
  keyHeader: headerName
    .optional()
    .describe('Header whose value is the batch key: tenants never share a batch'),
}

export type BatcherConfig = z.infer<z.ZodObject<typeof batcherShape>>
