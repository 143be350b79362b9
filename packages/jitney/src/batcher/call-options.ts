import { checkOptions, durationOrZero } from '../platform/guards.ts'
import type { CloseOptions, ProcessOptions } from './processor.ts'

/** The common case, told apart in a few nanoseconds: the full check costs more than the queueing. */
export function isSignalAlone(options: ProcessOptions | null): boolean {
  for (const name in options) if (name !== 'signal') return false
  return options?.signal !== undefined
}

export function checkProcessOptions(options: ProcessOptions): void {
  checkOptions('process item', options, ['signal'])
}

export function readCloseTimeout(options: CloseOptions | undefined): number {
  if (options === undefined) return Infinity
  checkOptions('close Batcher', options, ['timeout'])
  const { timeout } = options
  return timeout === undefined ? Infinity : durationOrZero('close Batcher', 'timeout', timeout)
}
