import * as logs from '@aws-sdk/client-cloudwatch-logs'
import * as eventBridge from '@aws-sdk/client-eventbridge'
import * as firehose from '@aws-sdk/client-firehose'
import { NormalizedSchema } from '@smithy/core/schema'
import { cloudWatchLogsBatcher, eventBridgeBatcher, firehoseBatcher } from 'jitney/aws'
import { describe, expect, it } from 'vitest'

import { recorded } from './model-server.ts'

type Schema = Parameters<typeof NormalizedSchema.of>[0]

/** What of a value the service model does not know, by its path. */
function strangers(value: unknown, schema: NormalizedSchema, path = ''): string[] {
  if (value === undefined || value === null) return []
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) return [`${path}: no list`]
    return value.flatMap((each, n) => strangers(each, schema.getValueSchema(), `${path}[${n}]`))
  }
  if (schema.isStructSchema()) {
    const members = new Map(schema.structIterator())
    return Object.entries(value).flatMap(([name, member]) => {
      const known = members.get(name)
      return known === undefined
        ? [`${path}.${name}: unknown`]
        : strangers(member, known, `${path}.${name}`)
    })
  }
  const fits =
    (schema.isStringSchema() && typeof value === 'string') ||
    (schema.isBooleanSchema() && typeof value === 'boolean') ||
    (schema.isNumericSchema() && typeof value === 'number') ||
    (schema.isTimestampSchema() && value instanceof Date) ||
    (schema.isBlobSchema() && value instanceof Uint8Array)
  return fits ? [] : [`${path}: ${typeof value}`]
}

const day = 86_400_000

/** Each with what the official client's model says goes in and comes out. */
const operations = [
  {
    name: 'PutRecordBatch',
    input: firehose.PutRecordBatchInput$,
    output: firehose.PutRecordBatchOutput$,
    inputs: async (send: (input: object) => Promise<object>) => {
      const records = firehoseBatcher({ putRecordBatch: send } as never, {
        deliveryStreamName: 'clicks',
      })
      await records.process({ Data: new Uint8Array([1]) })
    },
  },
  {
    name: 'PutEvents',
    input: eventBridge.PutEventsRequest$,
    output: eventBridge.PutEventsResponse$,
    inputs: async (send: (input: object) => Promise<object>) => {
      const events = eventBridgeBatcher({ putEvents: send } as never)
      await events.process({ Source: 'shop', DetailType: 'Sold', Detail: '{}', Time: new Date() })
    },
  },
  {
    name: 'PutLogEvents',
    input: logs.PutLogEventsRequest$,
    output: logs.PutLogEventsResponse$,
    inputs: async (send: (input: object) => Promise<object>) => {
      const lines = cloudWatchLogsBatcher({ putLogEvents: send } as never, {
        logGroupName: 'group',
        logStreamName: 'stream',
      })
      await lines.process({ message: 'fine', timestamp: 20_000 * day })
      await lines.process({ message: 'old', timestamp: 1 }).catch(() => {})
    },
  },
] as const

describe.each(operations)('$name by the model of the official client', (operation) => {
  const { name, inputs } = operation
  const input = NormalizedSchema.of(operation.input as Schema)
  const output = NormalizedSchema.of(operation.output as Schema)

  it('takes what we send, and answers as it is recorded here', async () => {
    let calls = 0
    await inputs((sent) => {
      calls += 1
      expect(strangers(sent, input)).toEqual([])
      const answer = recorded[name]!(sent as never)
      expect(strangers(answer, output)).toEqual([])
      return Promise.resolve(answer)
    })
    expect(calls).toBeGreaterThan(0)
  })

  it('would notice what the model does not know', () => {
    expect(strangers({ Surprise: 1 }, input)).toEqual(['.Surprise: unknown'])
  })
})

it('has the codes that entries fail with where the models have them', () => {
  const members = (schema: Schema): string[] =>
    Array.from(NormalizedSchema.of(schema).structIterator(), ([member]) => member)
  expect(members(firehose.PutRecordBatchResponseEntry$ as Schema)).toContain('ErrorCode')
  expect(members(eventBridge.PutEventsResultEntry$ as Schema)).toContain('ErrorCode')
  expect(members(logs.RejectedLogEventsInfo$ as Schema)).toEqual(
    expect.arrayContaining([
      'tooNewLogEventStartIndex',
      'tooOldLogEventEndIndex',
      'expiredLogEventEndIndex',
    ]),
  )
})
