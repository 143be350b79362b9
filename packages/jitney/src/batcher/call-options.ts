import { checkOptions, checkSignal, durationOrZero, finite } from '../platform/guards.ts'
import type { CloseOptions, ProcessOptions } from './processor.ts'

/** The common case, told in a few nanoseconds: the full check costs more than the queueing. */
function areKnown(options: ProcessOptions | null): boolean {
  for (const name in options) if (name !== 'signal' && name !== 'priority') return false
  return options?.signal !== undefined || options?.priority !== undefined
}

export function checkProcessOptions(options: ProcessOptions | undefined): void {
  if (options === undefined) return
  if (!areKnown(options)) checkOptions('process item', options, ['signal', 'priority'])
  const { priority, signal } = options
  if (priority !== undefined) finite('process item', 'priority', priority)
  if (signal !== undefined) checkSignal('process item', 'signal', signal)
}

export function readCloseTimeout(options: CloseOptions | undefined): number {
  if (options === undefined) return Infinity
  checkOptions('close Batcher', options, ['timeout'])
  const { timeout } = options
  return timeout === undefined ? Infinity : durationOrZero('close Batcher', 'timeout', timeout)
}

export function throwIfAborted(signal: AbortSignal): void {
  // oxlint-disable-next-line typescript/only-throw-error -- the caller's own reason
  if (signal.aborted) throw signal.reason
}
