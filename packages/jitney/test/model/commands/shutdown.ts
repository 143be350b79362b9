import { DomCause } from '../expectation.ts'
import type { Action } from './turn.ts'

/** @param timeout milliseconds, or `undefined` for a call without options. */
export function close(timeout: number | undefined): Action {
  return {
    name: timeout === undefined ? 'close' : `close within ${timeout} ms`,
    run: (model, system) => {
      system.watch(system.batcher.close(timeout === undefined ? undefined : { timeout }))
      model.close(timeout ?? Infinity)
    },
  }
}

export function abort(reason: unknown): Action {
  return {
    name: `abort, reason: ${String(reason)}`,
    run: (model, system) => {
      system.batcher.abort(reason)
      model.abort(reason !== undefined ? reason : new DomCause('AbortError'))
    },
  }
}
