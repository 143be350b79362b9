import type { BatcherOptions, BatchFunction } from 'jitney'
import { show } from '../arguments/show.ts'
import { StartError } from '../errors.ts'
import { isBatchDefinition } from '../module/define-batch.ts'

/** A batch function, and what its module says about it. */
export interface Tuned {
  readonly batchFunction: BatchFunction<unknown, unknown>
  readonly options: BatcherOptions
  readonly examples: readonly unknown[] | undefined
}

/** The export that was asked for, or the default one, or the only one. */
export function readTuneModule(
  file: string,
  exports: Readonly<Record<string, unknown>>,
  asked: string | undefined,
): Tuned {
  const cannot = `Cannot tune ${file}: `
  const names = Object.keys(exports)
  if (asked !== undefined && !names.includes(asked)) {
    throw new StartError(
      `${cannot}expected --export to be one of ${names.join(', ') || 'its exports, of which it has none'}, received ${show(asked)}`,
    )
  }
  const name = asked ?? (names.includes('default') || names.length !== 1 ? 'default' : names[0]!)
  if (!names.includes(name)) {
    throw new StartError(
      names.length === 0
        ? `${cannot}expected a batch function or defineBatch(...) as an export, received a module without exports`
        : `${cannot}expected --export with one of ${names.join(', ')}, received nothing`,
    )
  }
  const value = exports[name]
  if (isBatchDefinition(value)) {
    const { batchFunction, options, examples } = value
    return { batchFunction: batchFunction as Tuned['batchFunction'], options, examples }
  }
  if (typeof value === 'function') {
    return { batchFunction: value as Tuned['batchFunction'], options: {}, examples: undefined }
  }
  throw new StartError(
    `${cannot}expected its export '${name}' to be a batch function or defineBatch(...), received ${show(value)}`,
  )
}
