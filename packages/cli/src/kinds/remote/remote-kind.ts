import { resolve } from 'node:path'
import { z } from 'zod'
import { batcherShape } from '../../config/batcher-schema.ts'
import { bytes, file, timeout } from '../../config/values.ts'
import { StartError } from '../../errors.ts'
import { openTransport } from '../../queues/open-transport.ts'
import { batcherOptions } from '../batcher-options.ts'
import { defineKind } from '../kind.ts'
import { remoteRoute } from './remote-route.ts'

const queueName = z.string().regex(/^[\w.-]+$/)

/** A queue, whose items workers on other machines take. */
export const remoteKind = defineKind({
  name: 'remote',
  schema: z.strictObject({
    kind: z.literal('remote'),
    queue: queueName.optional().describe('Name of the queue (default: that of the route)'),
    sqlite: file
      .optional()
      .describe('File that the queue is in (default: Redis, at JITNEY_REDIS_URL)'),
    maxItemBytes: bytes.optional().describe('Most bytes of an item on its way (default 1 MiB)'),
    timeout: timeout
      .optional()
      .describe('How long an item may take until its result is there, in ms'),
    maxQueueSize: batcherShape.maxQueueSize.describe(
      'Most items of this route on their way (default 10000)',
    ),
    keyHeader: batcherShape.keyHeader,
  }),
  async create(settings, { name, folder }) {
    const { queue = name, sqlite, maxItemBytes, keyHeader, ...rest } = settings
    const { kind: _kind, ...options } = rest
    if (!queueName.safeParse(queue).success) {
      throw new StartError(
        `Cannot serve /${name}: a queue cannot be called so; say routes.${name}.queue, of letters, digits, _ . and -`,
      )
    }
    const opened = openTransport(sqlite === undefined ? undefined : resolve(folder, sqlite))
    return remoteRoute(name, opened, {
      queue,
      keyHeader,
      maxItemBytes,
      options: batcherOptions(options),
    })
  },
})
