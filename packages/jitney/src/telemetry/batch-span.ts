import { type Attributes, type Span, SpanStatusCode, type Tracer } from '@opentelemetry/api'

import { messageOf } from '../platform/message-of.ts'
import type { BatchMessage } from '../platform/diagnostics.ts'

/** A root: the batch has many causes, which are its links, and no parent. */
export function startSpan(tracer: Tracer, message: BatchMessage): Span {
  const { name, size, queueTime } = message
  return tracer.startSpan(name === undefined ? 'batch' : `batch ${name}`, {
    root: true,
    attributes: {
      ...attributesOf(message),
      'jitney.batch.size': size,
      'jitney.batch.queue.duration': queueTime / 1000,
    },
  })
}

export function failSpan(span: Span, error: unknown): void {
  span.recordException(error instanceof Error ? error : messageOf(error))
  span.setAttribute('error.type', errorTypeOf(error))
  span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) })
}

export function endSpan(span: Span): void {
  span.end()
}

/** What tells batches apart that are measured together. */
export function attributesOf({ name, reason }: BatchMessage): Attributes {
  return {
    'jitney.batch.reason': reason,
    ...(name === undefined ? {} : { 'jitney.batcher.name': name }),
  }
}

/** Of few different values, as the semantic conventions ask: a code, or the name of a class. */
export function errorTypeOf(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER'
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : error.name
}
