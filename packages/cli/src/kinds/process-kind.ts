import { resolve } from 'node:path'
import { z } from 'zod'
import { batcherShape } from '../config/batcher-schema.ts'
import { bytes, duration, file } from '../config/values.ts'
import { batcherOptions } from './batcher-options.ts'
import { readWords } from './command-words.ts'
import { defineKind } from './kind.ts'
import { processRoute } from './process-route.ts'
import { warmUpShape } from './warm-up.ts'

const restart = z.strictObject({
  minDelay: duration.optional().describe('Milliseconds before the second start in a row, at most'),
  maxDelay: duration.optional().describe('Most milliseconds before any further start'),
})

/** A program of any language that reads a line for each batch and answers it with one. */
export const processKind = defineKind({
  name: 'process',
  schema: z.strictObject({
    kind: z.literal('process'),
    exec: z
      .union([z.string().min(1), z.array(z.string()).min(1)])
      .describe('The program and its arguments, as one text or as a list; no shell reads it'),
    processes: z.int().min(1).default(1).describe('How many run at once'),
    folder: file.optional().describe('Where it runs (default: the folder of the configuration)'),
    environment: z
      .record(z.string(), z.string())
      .optional()
      .describe('Environment variables beside those of the service'),
    askBy: z
      .union([z.enum(['none', 'message']), z.string().regex(/^SIG[A-Z\d]+$/)])
      .optional()
      .describe('How it is asked to stop a batch: none, message, or a signal such as SIGINT'),
    graceTime: duration
      .optional()
      .describe('How long it may take to stop before it is killed, in ms (default 1000)'),
    restart: restart.optional().describe('How long to wait before one that died is replaced'),
    maxAnswerSize: bytes.optional().describe('Most bytes of an answer (default 256 MiB)'),
    ...warmUpShape,
    ...batcherShape,
  }),
  async create(settings, { name, folder }) {
    const { kind: _kind, exec, processes, folder: own = '.', warmUp, ...rest } = settings
    const { environment, askBy, graceTime, restart: delays, maxAnswerSize, ...batcher } = rest
    return processRoute(name, readWords(exec), {
      process: {
        size: processes,
        folder: resolve(folder, own),
        environment,
        askBy: askBy as 'none' | undefined,
        graceTime,
        restart: delays,
        maxAnswerSize,
      },
      options: batcherOptions(batcher),
      keyHeader: batcher.keyHeader,
      warmUp,
    })
  },
})
