import type { FailureLog } from '../server/failure-log.ts'

/**
 * Keeps the process alive when a module leaves an error to nobody: a rejection without a handler,
 * or a throw in a timer of its own. Other callers' items are in this process as well.
 * Returns a function that ends it.
 */
export function surviveErrors(failures: FailureLog): () => void {
  const onError = (error: unknown): void => failures.report('Uncaught', error)
  process.on('uncaughtException', onError)
  process.on('unhandledRejection', onError)
  return () => {
    process.off('uncaughtException', onError)
    process.off('unhandledRejection', onError)
    failures.flush()
  }
}
