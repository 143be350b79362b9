import type { Settings } from '../settings.ts'
import type { Action } from './turn.ts'

/** An option changes while the batcher runs. */
export function set(
  ...[name, value]:
    | ['maxBatchSize', number]
    | ['maxQueueTime', number | 'adaptive']
    | ['concurrency', Settings['concurrency']]
): Action {
  return {
    name: `${name} = ${value}`,
    run: (model, system) => {
      if (name === 'concurrency' && !mayChange(model.settings, value)) return
      const given = name === 'concurrency' ? system.shared.concurrency(value) : value
      Object.assign(system.batcher, { [name]: given })
      model.set(name, value)
    },
  }
}

/** Some changes lead to what is open: see `exactSettings`. */
function mayChange({ keyed, rates }: Settings, value: Settings['concurrency']): boolean {
  return rates.length === 0 && !(keyed && value === 'shared')
}
