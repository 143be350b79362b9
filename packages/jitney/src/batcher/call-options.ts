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

export function checkProcessOptions(action: string, options: ProcessOptions | undefined): void {
  let isUsual = options === undefined
  // The common case, told in a few nanoseconds: reading all costs more than the queueing.
  for (const name in options) {
    const value = options[name as keyof ProcessOptions]
    isUsual =
      name === 'signal'
        ? value instanceof AbortSignal
        : name === 'priority' && Number.isFinite(value)
    if (!isUsual) break
  }
  if (!isUsual) readAll(action, 'options', options)
}

export const readCloseOptions: Guard<{ timeout: number }> = /* @__PURE__ */ fields({
  timeout: /* @__PURE__ */ optional(durationOrZero, Infinity),
})
