import type { Model } from '../model.ts'
import type { System } from '../system.ts'
import type { Action } from './turn.ts'

/** Which signal a caller gives: none, one of its own, the newest that others gave, or an aborted one. */
export type SignalChoice = 'none' | 'own' | 'shared' | 'aborted'

/** Some calls of `process` in a row. */
export function process(count: number, choice: SignalChoice): Action {
  return {
    name: `process ${count} items, signal: ${choice}`,
    run: (model, system) => {
      for (let call = 0; call < count; call += 1) {
        const signal = chooseSignal(system, choice)
        system.process(signal)
        model.process(signal)
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
