import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span } from '@opentelemetry/api'

/** The span of the batch whose function runs. */
export const currentBatch: AsyncLocalStorage<Span> = /* @__PURE__ */ new AsyncLocalStorage()
