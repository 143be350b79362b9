import { resolve } from 'node:path'
import { Batcher } from 'jitney'
import { z } from 'zod'
import { batcherShape } from '../config/batcher-schema.ts'
import { file } from '../config/values.ts'
import { loadModule } from '../module/load-module.ts'
import { readExport } from '../module/read-routes.ts'
import { batcherOptions } from './batcher-options.ts'
import { defineKind } from './kind.ts'
import { threadRoute } from './threads/thread-route.ts'
import { warmUpShape, warmUpWith } from './warm-up.ts'

/** A batch function of a module, in this process or in threads. */
export const moduleKind = defineKind({
  name: 'module',
  schema: z.strictObject({
    kind: z.literal('module'),
    module: file.describe('The module: .js, .mjs, .cjs, .ts, .mts or .cts'),
    export: z
      .string()
      .optional()
      .describe("Which export (default: the one named like the route, or 'default')"),
    threads: z
      .int()
      .min(1)
      .optional()
      .describe('Runs it in so many threads, which load the module anew at SIGHUP'),
    ...warmUpShape,
    ...batcherShape,
  }),
  async create(settings, { name, folder }) {
    const { kind: _kind, module, export: exportName, threads, warmUp, ...batcher } = settings
    const path = resolve(folder, module)
    const exports = await loadModule(path, threads !== undefined)
    const chosen = exportName ?? (Object.hasOwn(exports, name) ? name : 'default')
    const exported = readExport(module, exports, chosen, name)
    const { keyHeader } = batcher
    const options = { ...exported.options, ...batcherOptions(batcher) }
    const route = { ...exported, keyHeader, options }
    if (threads !== undefined) return threadRoute(route, path, chosen, { threads, warmUp })
    if (warmUp === undefined) return route
    const firstCall = () => warmUpWith(name, new Batcher(route.batchFunction, options), warmUp)
    return { ...route, warmUp: firstCall }
  },
})
