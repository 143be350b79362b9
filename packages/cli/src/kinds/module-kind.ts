import { resolve } from 'node:path'
import { z } from 'zod'
import { batcherShape } from '../config/batcher-schema.ts'
import { file } from '../config/values.ts'
import { loadModule } from '../module/load-module.ts'
import { readExport } from '../module/read-routes.ts'
import { batcherOptions } from './batcher-options.ts'
import { defineKind } from './kind.ts'

/** A batch function of a module, in this process. */
export const moduleKind = defineKind({
  name: 'module',
  schema: z.strictObject({
    kind: z.literal('module'),
    module: file.describe('The module: .js, .mjs, .cjs, .ts, .mts or .cts'),
    export: z
      .string()
      .optional()
      .describe("Which export (default: the one named like the route, or 'default')"),
    ...batcherShape,
  }),
  async create({ kind: _kind, module, export: exportName, ...settings }, { name, folder }) {
    const path = resolve(folder, module)
    const exports = await loadModule(path)
    const chosen = exportName ?? (Object.hasOwn(exports, name) ? name : 'default')
    const { batchFunction, options } = readExport(module, exports, chosen, name)
    const { keyHeader } = settings
    return { name, batchFunction, keyHeader, options: { ...options, ...batcherOptions(settings) } }
  },
})
