import type { Model } from '../model.ts'
import type { Item } from '../settings.ts'
import type { System } from '../system.ts'
import type { Action } from './turn.ts'

/** Which signal a caller gives: none, one of its own, the newest that others gave, or an aborted one. */
type SignalChoice = 'none' | 'own' | 'shared' | 'aborted'

export interface Call {
  /** Calls of `process` in a row. */
  readonly count: number
  readonly signal: SignalChoice
  readonly priority: number
  /** What the items are like, which take turns with it. */
  readonly traits: readonly Pick<Item, 'twin' | 'weights'>[]
}

export function process({ count, signal: choice, priority: chosen, traits }: Call): Action {
  const described = traits.map(({ twin, weights }) => `twin ${twin} of ${weights.join(' and ')}`)
  return {
    name: `process ${count} items (${described.join(', ')}), priority ${chosen}, signal: ${choice}`,
    run: (model, system, key) => {
      // When a light one leaves that overtakes one which a rate limit holds is open.
      const priority = model.rates.some(({ settings }) => settings.of === 'weight') ? 0 : chosen
      for (let call = 0; call < count; call += 1) {
        const trait = traits[call % traits.length] as (typeof traits)[number]
        const item = { number: system.settlements.length, key, ...trait }
        const signal = chooseSignal(system, choice)
        system.process(item, priority, signal)
        model.process(item, priority, signal)
      }
    },
  }
}

/** The signal of somebody who waits aborts, and with it all who gave the same. */
export function abortCallers(pick: number, reason: unknown): Action {
  return {
    name: `abort caller ${pick}, reason: ${String(reason)}`,
    run: (model, system) => {
      const controllers = controllersInUse(model, system)
      const controller = controllers[pick % controllers.length]
      if (controller === undefined) return
      controller.abort(reason)
      model.abortCallers(controller.signal)
    },
  }
}

function chooseSignal(system: System, choice: SignalChoice): AbortSignal | undefined {
  if (choice === 'none') return undefined
  const newest = system.controllers.at(-1)
  if (choice === 'shared' && newest?.signal.aborted === false) return newest.signal
  const controller = new AbortController()
  system.controllers.push(controller)
  if (choice === 'aborted') controller.abort()
  return controller.signal
}

function controllersInUse(model: Model, system: System): AbortController[] {
  const waiting = model.callers.filter(({ ending }) => ending === undefined)
  const inUse = new Set(waiting.map(({ signal }) => signal))
  return system.controllers.filter(({ signal }) => inUse.has(signal))
}
