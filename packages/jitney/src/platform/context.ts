import { builtin } from './builtin.ts'

/** Calls a function in the asynchronous context that was captured. */
export type Within = <Result>(run: () => Result) => Result

interface AsyncHooks {
  AsyncResource?: new (type: string) => { runInAsyncScope: Within }
}

/**
 * Captures the asynchronous context of this moment (`AsyncLocalStorage` stores among it).
 *
 * An `AsyncResource` and not an `AsyncLocalStorage`: starting one of those makes every promise of
 * the process slower on Node 20.
 */
export function captureContext(): Within {
  const AsyncResource = builtin<AsyncHooks>('node:async_hooks')?.AsyncResource
  if (AsyncResource === undefined) return (run) => run()
  const resource = new AsyncResource('jitney')
  return (run) => resource.runInAsyncScope(run)
}
