import {
  checkSignal,
  durationOrZero,
  fields,
  finite,
  type Guard,
  optional,
} from '../platform/guards.ts'
import type { ProcessOptions } from './processor.ts'

const readAll: Guard<ProcessOptions> = /* @__PURE__ */ fields({
  signal: /* @__PURE__ */ optional(checkSignal),
  priority: /* @__PURE__ */ optional(finite),
})

/** The common case, told in a few nanoseconds: reading all costs more than the queueing. */
function isUsual(options: ProcessOptions | null): boolean {
  for (const name in options) if (name !== 'signal' && name !== 'priority') return false
  const { signal, priority } = options ?? {}
  return signal === undefined
    ? Number.isFinite(priority)
    : signal instanceof AbortSignal && (priority === undefined || Number.isFinite(priority))
}

export function checkProcessOptions(action: string, options: ProcessOptions | undefined): void {
  if (options !== undefined && !isUsual(options)) readAll(action, 'options', options)
}

export const readCloseOptions: Guard<{ timeout: number }> = /* @__PURE__ */ fields({
  timeout: /* @__PURE__ */ optional(durationOrZero, Infinity),
})

export function throwIfAborted(signal: AbortSignal | undefined): void {
  // oxlint-disable-next-line typescript/only-throw-error -- the caller's own reason
  if (signal?.aborted) throw signal.reason
}
