import { show } from '../arguments/show.ts'
import { StartError } from '../errors.ts'
import { type BatchDefinition, isBatchDefinition } from '../module/define-batch.ts'
import type { MapFunction } from './module-job.ts'

/** What to call: the default export, or the only one. */
export function readMapModule(
  file: string,
  exports: Readonly<Record<string, unknown>>,
): MapFunction | BatchDefinition {
  const names = Object.keys(exports)
  const name = names.includes('default') ? 'default' : names[0]
  if (name === undefined || (name !== 'default' && names.length > 1)) {
    const received = name === undefined ? 'none' : `several and no default: ${names.join(', ')}`
    throw new StartError(
      `Cannot map with ${file}: expected one function as its export, received ${received}`,
    )
  }
  const value = exports[name]
  if (isBatchDefinition(value) || typeof value === 'function') {
    return value as MapFunction | BatchDefinition
  }
  throw new StartError(
    `Cannot map with ${file}: expected its export to be a function, received ${show(value)}`,
  )
}
