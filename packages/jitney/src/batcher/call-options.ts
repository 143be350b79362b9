import {
  checkSignal,
  durationOrZero,
  fields,
  finite,
  type Guard,
  optional,
} from '../platform/guards.ts'
import type { ProcessOptions } from './processor.ts'

export const readProcessOptions: Guard<ProcessOptions> = /* @__PURE__ */ fields({
  signal: /* @__PURE__ */ optional(checkSignal),
  priority: /* @__PURE__ */ optional(finite),
})

export const readCloseOptions: Guard<{ timeout: number }> = /* @__PURE__ */ fields({
  timeout: /* @__PURE__ */ optional(durationOrZero, Infinity),
})

export function throwIfAborted(signal: AbortSignal | undefined): void {
  // oxlint-disable-next-line typescript/only-throw-error -- the caller's own reason
  if (signal?.aborted) throw signal.reason
}
