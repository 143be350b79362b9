import type { Batcher } from '../batcher/constructor.ts'
import { refusal } from '../platform/errors.ts'
import { sizeOf } from './bytes.ts'
import type { AwsClient } from './client.ts'
import { awsLimits } from './limits.ts'
import { type AwsOptions, nonEmpty } from './options.ts'
import type { Answer } from './service.ts'
import { type Operation, targetBatcher } from './target-batcher.ts'

/** What is logged: an event of `PutLogEvents`. */
export interface LogEvent {
  /** The text: not empty. */
  readonly message: string
  /** Milliseconds since 1970, in UTC. */
  readonly timestamp: number
}

/** The input of a `PutLogEvents`. */
export interface PutLogEventsInput {
  /** The group. */
  logGroupName: string
  /** The stream in it. */
  logStreamName: string
  /** The events, in the order of their time. */
  logEvents: LogEvent[]
}

interface LogStream {
  logGroupName: string
  logStreamName: string
}

/** Options of `cloudWatchLogsBatcher`. */
export interface CloudWatchLogsOptions extends AwsOptions<LogEvent, PutLogEventsInput> {
  /** The group, by its name. */
  readonly logGroupName: string
  /** The stream in it, which has to be there. */
  readonly logStreamName: string
}

const action = 'log event'
const bytesOfEvent = 26
const day = 86_400_000

const logs: Operation<LogStream, LogEvent, PutLogEventsInput, undefined> = {
  limits: awsLimits.cloudWatchLogs,
  target: { logGroupName: nonEmpty, logStreamName: nonEmpty },
  serviceOf: ({ logGroupName, logStreamName }) => ({
    action,
    method: 'putLogEvents',
    isIdempotent: false,
    sizeOf: ({ message, timestamp }) => {
      nonEmpty(action, 'message', message)
      if (!Number.isSafeInteger(timestamp) || timestamp < 0) {
        const allowed = 'milliseconds since 1970, an integer'
        throw refusal(action, 'timestamp', allowed, timestamp, 'JITNEY_OUT_OF_RANGE')
      }
      return sizeOf(message) + bytesOfEvent
    },
    // The first event has been waiting longest: the span is the one around it.
    fitting: (events) => {
      let earliest = events[0]?.timestamp ?? 0
      let latest = earliest
      return events.map(({ timestamp }) => {
        const from = Math.min(earliest, timestamp)
        const to = Math.max(latest, timestamp)
        if (to - from > day) return false
        earliest = from
        latest = to
        return true
      })
    },
    inputOf: (events) => ({
      logGroupName,
      logStreamName,
      logEvents: inTime(events).map(({ message, timestamp }) => ({ message, timestamp })),
    }),
    answersOf: (output, events) => {
      const { rejectedLogEventsInfo: rejected } = output as { rejectedLogEventsInfo?: Rejected }
      const places = new Map(inTime(events).map((event, place) => [event, place]))
      return events.map((event) => answerOf(places.get(event)!, rejected ?? {}))
    },
  }),
}

/** Places in what was sent: too old or expired are those before an end, too new those from a start. */
interface Rejected {
  readonly tooNewLogEventStartIndex?: number
  readonly tooOldLogEventEndIndex?: number
  readonly expiredLogEventEndIndex?: number
}

/** As the service wants them; those of one moment as they came. */
function inTime(events: readonly LogEvent[]): LogEvent[] {
  return events.toSorted((a, b) => a.timestamp - b.timestamp)
}

function answerOf(place: number, rejected: Rejected): Answer<undefined> {
  const {
    tooNewLogEventStartIndex: tooNew = Infinity,
    tooOldLogEventEndIndex: tooOld = 0,
    expiredLogEventEndIndex: expired = 0,
  } = rejected
  if (place < expired) return { kind: 'refused', awsCode: 'ExpiredLogEvent' }
  if (place < tooOld) return { kind: 'refused', awsCode: 'TooOldLogEvent' }
  if (place >= tooNew) return { kind: 'refused', awsCode: 'TooNewLogEvent' }
  return { kind: 'done', value: undefined }
}

/**
 * Events for a stream of CloudWatch Logs, ten thousand in one `PutLogEvents` and at most 1 MiB, 26
 * bytes for each included. A call resolves once its event is accepted.
 *
 * - **Order.** A request is sorted by time, as the service wants it; events of one moment stay as they
 *   came.
 * - **Span.** Events that are more than 24 hours from others go in another request.
 * - **Rejected events** (too old, too new, expired) reject alone, with an `AwsError`,
 *   `JITNEY_AWS_REFUSED` and `awsCode` `TooOldLogEvent`, `TooNewLogEvent` or `ExpiredLogEvent`.
 * - **No answer**: `JITNEY_AWS_UNKNOWN`. With `idempotent` the events are sent again, perhaps twice.
 *
 * @param client one with `send` and the option `command` (`PutLogEventsCommand`), or with a method
 * `putLogEvents`.
 * @throws TypeError or RangeError for wrong options.
 *
 * @example
 * ```ts
 * import { cloudWatchLogsBatcher } from 'jitney/aws'
 *
 * const client = { putLogEvents: async () => ({}) }
 * const logs = cloudWatchLogsBatcher(client, { logGroupName: 'shop', logStreamName: 'till-1' })
 * await logs.process({ message: 'open', timestamp: 1_800_000_000_000 }) // => undefined
 * ```
 */
export function cloudWatchLogsBatcher(
  client: AwsClient<'putLogEvents', PutLogEventsInput>,
  options: CloudWatchLogsOptions,
): Batcher<LogEvent, undefined> {
  return targetBatcher('cloudWatchLogsBatcher', logs, client, options)
}
