import { resolve } from 'node:path'
import type { BatcherOptions } from 'jitney'
import type { RunModel } from 'jitney/tensor'
import { z } from 'zod'
import { type BatcherConfig, batcherShape } from '../../config/batcher-schema.ts'
import { bytes, file, httpUrl } from '../../config/values.ts'
import { StartError } from '../../errors.ts'
import { loadModule } from '../../module/load-module.ts'
import { readExport } from '../../module/read-routes.ts'
import { batcherOptions } from '../batcher-options.ts'
import { defineKind, type Place } from '../kind.ts'
import type { Route } from '../route.ts'
import { openTransport } from '../upstream/transport.ts'
import { headersShape, readHeaders } from '../upstream/upstream-headers.ts'
import { upstreamProblem } from '../upstream/upstream-problem.ts'
import { inferenceBatcher, tooManyRows } from './inference-batcher.ts'
import { kserveProtocol } from './kserve-protocol.ts'
import { modelFunction } from './model-function.ts'
import { modelPage } from './model-page.ts'
import { upstreamFunction } from './upstream-function.ts'

const tensor = z.strictObject({
  name: z.string().min(1),
  datatype: z.string().describe('BOOL, INT8 to INT64, UINT8 to UINT64, FP16, FP32, FP64 or BYTES'),
  shape: z.array(z.int().min(-1)).describe('The batch dimension is the first; -1 for any size'),
})

const schema = z.strictObject({
  kind: z.literal('kserve-v2'),
  module: file.optional().describe('A module whose function takes and gives tensors by name'),
  export: z
    .string()
    .optional()
    .describe("Which export (default: the one named like the route, or 'default')"),
  url: httpUrl
    .optional()
    .describe('A server instead that speaks the protocol: what comes before /v2'),
  model: z.string().min(1).optional().describe('What that calls the model (default: the route)'),
  binary: z.boolean().default(false).describe('Whether tensors are sent there as bytes'),
  version: z
    .string()
    .regex(/^[\w.-]+$/)
    .default('1')
    .describe('What clients call the version'),
  platform: z.string().default('jitney').describe('What the metadata say'),
  inputs: z.array(tensor).optional().describe('What the metadata say of inputs'),
  outputs: z.array(tensor).optional().describe('What the metadata say of outputs'),
  maxAnswerSize: bytes.optional().describe('Most bytes of an answer (default 64 MiB)'),
  ...headersShape,
  ...batcherShape,
})

type Settings = z.infer<typeof schema>

/** Models behind the Open Inference Protocol of KServe and Triton: rows of requests ride together. */
export const kserveKind = defineKind({
  name: 'kserve-v2',
  schema,
  async create(settings, place) {
    const { module, url } = settings
    if ((module === undefined) === (url === undefined)) {
      const received = module === undefined ? 'none' : 'both'
      throw new StartError(
        `Cannot serve ${place.name}: expected either module or url, received ${received}`,
      )
    }
    return url === undefined
      ? moduleRoute(settings, place, module!)
      : upstreamRoute(settings, place, url)
  },
})

async function moduleRoute(
  settings: Settings,
  { name, folder }: Place,
  module: string,
): Promise<Route> {
  const path = resolve(folder, module)
  const exports = await loadModule(path)
  const chosen = settings.export ?? (Object.hasOwn(exports, name) ? name : 'default')
  const exported = readExport(module, exports, chosen, name)
  const run = modelFunction(exported.batchFunction as unknown as RunModel)
  const { version, platform, inputs = [], outputs = [], keyHeader } = settings
  const metadata = { name, versions: [version], platform, inputs, outputs }
  return {
    name,
    keyHeader,
    options: { splitOnError: true, ...exported.options, ...optionsOf(settings) },
    createBatcher: (given) => inferenceBatcher(run, given),
    problemOf: tooManyRows,
    protocol: kserveProtocol({
      name,
      version,
      metadata: () => metadata,
      ready: () => ({ name, ready: true }),
    }),
  }
}

function upstreamRoute(settings: Settings, { name }: Place, url: string): Route {
  const { model = name, version, binary, keyHeader, maxAnswerSize } = settings
  const { attempts, minDelay = 100, maxDelay = 30_000 } = settings.retry ?? { attempts: 3 }
  const headers = readHeaders(settings, name)
  const { fetch, close } = openTransport(maxAnswerSize)
  const base = `${url.replace(/\/+$/, '')}/v2/models/${encodeURIComponent(model)}`
  const run = upstreamFunction({
    url: `${base}/infer`,
    fetch,
    headers,
    binary,
    attempts,
    maxDelay,
  })
  return {
    name,
    keyHeader,
    options: {
      ...optionsOf(settings),
      splitOnError: true,
      retry: { attempts, minDelay, maxDelay, when: () => false },
    },
    createBatcher: (given) => inferenceBatcher(run, given),
    problemOf: (error) => tooManyRows(error) ?? upstreamProblem(error, true),
    close,
    protocol: kserveProtocol({
      name,
      version,
      metadata: async () => {
        const said = await modelPage(fetch, base, headers)
        return { ...said, name, versions: [version] }
      },
      ready: async () => {
        await modelPage(fetch, `${base}/ready`, headers)
        return { name, ready: true }
      },
    }),
  }
}

function optionsOf(settings: Settings): BatcherOptions {
  const names = Object.keys(batcherShape) as (keyof typeof batcherShape)[]
  return batcherOptions(
    Object.fromEntries(names.map((option) => [option, settings[option]])) as BatcherConfig,
  )
}
