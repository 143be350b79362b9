import type { Action } from './turn.ts'

/** A setting changes while the batcher runs. */
export function set(
  ...[name, value]:
    | ['maxBatchSize', number]
    | ['maxQueueTime', number | 'adaptive']
    | ['concurrency', number]
): Action {
  return {
    name: `${name} = ${value}`,
    run: (model, system) => {
      Object.assign(system.batcher, { [name]: value })
      model.set(name, value)
    },
  }
}
