import { describe } from '../platform/describe.ts'
import { messageOf } from '../platform/message-of.ts'

type ThreadFunction = (
  items: unknown[],
  context: { readonly signal: AbortSignal; readonly key: unknown; readonly reason: string },
) => unknown

interface Jiti {
  import(path: string): Promise<Record<string, unknown>>
}

/** What Node says of a TypeScript module that it cannot run by itself. */
const typeScriptCodes = new Set([
  'ERR_UNKNOWN_FILE_EXTENSION',
  'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING',
  'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX',
])

/** Imports the module, TypeScript by `jiti` where the runtime cannot, and takes its function. */
export async function loadFunction(module: string, exportName: string): Promise<ThreadFunction> {
  const exports = await load(module)
  const found = exports[exportName]
  if (typeof found !== 'function') {
    throw Object.assign(
      new TypeError(
        `Cannot load ${module}: its export '${exportName}' must be a function, received ${describe(found)}`,
      ),
      { code: 'JITNEY_WORKER_MODULE' },
    )
  }
  return found as ThreadFunction
}

async function load(module: string): Promise<Record<string, unknown>> {
  try {
    return (await import(module)) as Record<string, unknown>
  } catch (error) {
    const { code } = error as { code?: string }
    if (!/\.[cm]?tsx?$/.test(module) || !typeScriptCodes.has(code ?? ''))
      throw cannotLoad(module, error)
  }
  const { createJiti } = await import('jiti').catch((error: unknown) => {
    throw cannotLoad(module, error, 'this runtime cannot run TypeScript: install jiti, or build it')
  })
  const jiti: Jiti = createJiti(import.meta.url, { interopDefault: false })
  try {
    return await jiti.import(module)
  } catch (error) {
    throw cannotLoad(module, error)
  }
}

function cannotLoad(module: string, cause: unknown, why: string = messageOf(cause)): Error {
  return Object.assign(new Error(`Cannot load ${module}: ${why}`, { cause }), {
    code: 'JITNEY_WORKER_MODULE',
  })
}
