import { basename, extname } from 'node:path'
import type { BatchFunction } from 'jitney'
import { show } from '../arguments/show.ts'
import { StartError } from '../errors.ts'
import { isBatchDefinition } from './define-batch.ts'
import { reservedNames } from './reserved-names.ts'
import type { Route } from '../kinds/route.ts'

/** What stands in a path without being escaped, and means nothing to a router. */
const plainName = /^[\w$~-][\w$.~-]*$/

/** The routes that a module's exports ask for; `file` names the default export's route. */
export function readRoutes(
  file: string,
  exports: Readonly<Record<string, unknown>>,
): readonly Route[] {
  const routes = new Map<string, Route>()
  for (const [exportName, value] of Object.entries(exports)) {
    const name = exportName === 'default' ? basename(file, extname(file)) : exportName
    checkName(file, exportName, name)
    if (routes.has(name)) {
      throw new StartError(
        `Cannot serve ${file}: its default export and its export '${name}' both ask for /${name}`,
      )
    }
    routes.set(name, readRoute(file, exportName, name, value))
  }
  if (routes.size === 0) {
    throw new StartError(
      `Cannot serve ${file}: expected a batch function or defineBatch(...) as an export, received a module without exports`,
    )
  }
  return [...routes.values()]
}

/** One export under one name. */
export function readExport(
  file: string,
  exports: Readonly<Record<string, unknown>>,
  exportName: string,
  name: string,
): Route {
  if (Object.hasOwn(exports, exportName))
    return readRoute(file, exportName, name, exports[exportName])
  const names = Object.keys(exports).join(', ') || 'none'
  throw new StartError(
    `Cannot serve ${file}: it has no ${nameOf(exportName).slice(4)}; it exports ${names}`,
  )
}

function readRoute(file: string, exportName: string, name: string, value: unknown): Route {
  const { batchFunction, options } = isBatchDefinition(value)
    ? value
    : { batchFunction: value, options: {} }
  if (typeof batchFunction !== 'function' || isClass(batchFunction)) {
    throw new StartError(
      `Cannot serve ${file}: expected ${nameOf(exportName)} to be a batch function or defineBatch(...), received ${show(value)}`,
    )
  }
  return { name, batchFunction: batchFunction as BatchFunction<unknown, unknown>, options }
}

function checkName(file: string, exportName: string, name: string): void {
  if (reservedNames.includes(name)) {
    throw new StartError(
      `Cannot serve ${file}: ${nameOf(exportName)} would hide the service's own /${name}; ` +
        `give it another name than ${reservedNames.join(', ')}`,
    )
  }
  if (!plainName.test(name)) {
    throw new StartError(
      `Cannot serve ${file}: ${nameOf(exportName)} would become the path /${name}; ` +
        'a name may have letters, digits, _, $, ~, - and inner dots only',
    )
  }
}

function nameOf(exportName: string): string {
  return exportName === 'default' ? 'the default export' : `the export '${exportName}'`
}

function isClass(value: object): boolean {
  return Function.prototype.toString.call(value).startsWith('class')
}
