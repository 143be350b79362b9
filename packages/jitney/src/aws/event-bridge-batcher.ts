import type { Batcher } from '../batcher/constructor.ts'
import { optional } from '../platform/guards.ts'
import { sizeOf } from './bytes.ts'
import type { AwsClient } from './client.ts'
import { answersByPlace } from './entries.ts'
import { awsLimits } from './limits.ts'
import { type AwsOptions, nonEmpty } from './options.ts'
import { type Operation, targetBatcher } from './target-batcher.ts'

/** What is put: an entry of `PutEvents`. */
export interface EventBridgeEvent {
  /** Who tells of it: not empty. */
  readonly Source: string
  /** What kind of event it is: not empty. */
  readonly DetailType: string
  /** JSON. */
  readonly Detail: string
  /**
   * When it happened.
   * @default when it is put
   */
  readonly Time?: Date | undefined
  /**
   * ARNs of what it is about.
   * @default none
   */
  readonly Resources?: string[] | undefined
  /**
   * The bus, by name or ARN.
   * @default the account's own
   */
  readonly EventBusName?: string | undefined
  /**
   * A trace of X-Ray that it belongs to.
   * @default none
   */
  readonly TraceHeader?: string | undefined
}

/** What an event is known by. */
export interface EventBridgePut {
  /** The id that the service gave it. */
  readonly EventId: string
}

/** The input of a `PutEvents`. */
export interface PutEventsInput {
  /** The global endpoint, if there is one. */
  EndpointId?: string
  /** The events. */
  Entries: EventBridgeEvent[]
}

interface Endpoint {
  endpointId: string | undefined
}

/** Options of `eventBridgeBatcher`. */
export interface EventBridgeOptions extends AwsOptions<EventBridgeEvent, PutEventsInput> {
  /**
   * The global endpoint, if there is one.
   * @default none
   */
  readonly endpointId?: string | undefined
}

const action = 'put event'
/** The service counts as many for a time. */
const bytesOfTime = 14

const puts: Operation<Endpoint, EventBridgeEvent, PutEventsInput, EventBridgePut> = {
  limits: awsLimits.eventBridge,
  target: { endpointId: /* @__PURE__ */ optional(nonEmpty) },
  serviceOf: ({ endpointId }) => ({
    action,
    method: 'putEvents',
    isIdempotent: false,
    sizeOf: ({ Source, DetailType, Detail, Time, Resources = [] }) => {
      const texts = Object.entries({ Source, DetailType, Detail })
      for (const [name, value] of texts) nonEmpty(action, name, value)
      const bytes = [...texts.map(([, value]) => value), ...Resources].map(sizeOf)
      return bytes.reduce((sum, each) => sum + each, Time === undefined ? 0 : bytesOfTime)
    },
    targetOf: ({ EventBusName }) => EventBusName,
    inputOf: (Entries) => ({
      ...(endpointId === undefined ? {} : { EndpointId: endpointId }),
      Entries: [...Entries],
    }),
    answersOf: (output, { length }) => {
      const { Entries } = output as { Entries?: unknown }
      const valueOf = ({ EventId }: EventBridgePut): EventBridgePut => ({ EventId })
      return answersByPlace(Entries, length, 'EventId', valueOf)
    },
  }),
}

/**
 * Events for EventBridge, ten in one `PutEvents` and less than 1 MiB. An event with an `ErrorCode` that
 * time may cure (throttling, an internal failure) is put again, alone, with backoff; one that is
 * malformed or not allowed rejects with an `AwsError`, `JITNEY_AWS_REFUSED`; where no answer came,
 * `JITNEY_AWS_UNKNOWN`.
 *
 * @param client one with `send` and the option `command` (`PutEventsCommand`), or with a method
 * `putEvents`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { eventBridgeBatcher } from 'jitney/aws'
 *
 * const client = {
 *   putEvents: async ({ Entries }: { Entries: unknown[] }) => ({
 *     FailedEntryCount: 0,
 *     Entries: Entries.map((_, n) => ({ EventId: `e-${n}` })),
 *   }),
 * }
 * const events = eventBridgeBatcher(client)
 * await events.process({ Source: 'shop', DetailType: 'Sold', Detail: '{}' }) // => { EventId: 'e-0' }
 * ```
 */
export function eventBridgeBatcher(
  client: AwsClient<'putEvents', PutEventsInput>,
  options?: EventBridgeOptions,
): Batcher<EventBridgeEvent, EventBridgePut> {
  return targetBatcher('eventBridgeBatcher', puts, client, options)
}
