/**
 * In place of the services that have no emulator: answers with the shapes of their models (JSON 1.1,
 * or the service's own protocol), as they are recorded here.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'

import type { Emulator } from './emulators.ts'

export type Operations = Readonly<Record<string, (input: never) => object>>

export async function startModel(operations: Operations): Promise<Emulator> {
  const server = createServer((request, response) => {
    const bytes: Buffer[] = []
    request.on('data', (each: Buffer) => bytes.push(each))
    request.on('end', () => {
      const [, operation = ''] = String(request.headers['x-amz-target']).split('.')
      const input = JSON.parse(Buffer.concat(bytes).toString()) as never
      const answer = operations[operation]!(input)
      const isException = '__type' in answer
      response.writeHead(isException ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' })
      response.end(JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as { port: number }).port,
    stop: async () => {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface PutRecords {
  Records: { Data: string }[]
}
interface PutEvents {
  Entries: { Detail: string }[]
}
interface PutLogs {
  logEvents: { message: string; timestamp: number }[]
}

const validation = { __type: 'ValidationException', message: '1 validation error detected' }
const day = 86_400_000

/** What the models of botocore 1.43.107 say of `PutRecordBatch`, `PutEvents` and `PutLogEvents`. */
export const recorded: Operations = {
  PutRecordBatch: ({ Records }: PutRecords) => ({
    FailedPutCount: 0,
    Encrypted: false,
    RequestResponses: Records.map((_, n) => ({ RecordId: `record-${n}` })),
  }),
  PutEvents: ({ Entries }: PutEvents) => ({
    FailedEntryCount: 0,
    Entries: Entries.map((_, n) => ({ EventId: `event-${n}` })),
  }),
  PutLogEvents: ({ logEvents }: PutLogs) => {
    const times = logEvents.map(({ timestamp }) => timestamp)
    const isSorted = times.every((time, n) => n === 0 || time >= times[n - 1]!)
    if (!isSorted || times.at(-1)! - times[0]! > day) {
      return { __type: 'InvalidParameterException', message: 'Log events must be chronological' }
    }
    if (logEvents.some(({ message }) => message === 'spoils')) return validation
    const tooOld = times.filter((time) => time < day).length
    return tooOld === 0 ? {} : { rejectedLogEventsInfo: { tooOldLogEventEndIndex: tooOld } }
  },
}
