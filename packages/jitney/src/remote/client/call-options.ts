import { checkProcessOptions } from '../../batcher/call-options.ts'
import type { ProcessOptions } from '../../batcher/processor.ts'
import { aboveZero } from '../../platform/guards.ts'

/** Options of one call of a `RemoteBatcher`. */
export interface RemoteProcessOptions extends ProcessOptions {
  /**
   * How many milliseconds this caller waits for its result, where that is less than the batcher's
   * own `timeout`: above 0, or `Infinity`. It travels with the item: after that no worker starts it.
   * Of several items, for each from when it is handed over.
   * @default that of the batcher
   */
  readonly timeout?: number | undefined
}

/** Checks the options of a call, and gives its timeout. */
export function timeoutOf(action: string, options: RemoteProcessOptions | undefined): number {
  if (typeof options !== 'object' || options === null || !('timeout' in options)) {
    checkProcessOptions(action, options)
    return Infinity
  }
  const { timeout = Infinity, ...rest } = options
  checkProcessOptions(action, rest)
  return aboveZero(action, 'timeout', timeout)
}
