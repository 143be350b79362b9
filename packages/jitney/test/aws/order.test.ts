/** Items that must not pass each other, whatever the service does: against a service in memory. */
import { type SqsMessage, sqsSendBatcher, dynamoDbWriteBatcher, AwsError } from 'jitney/aws'
import { ManualClock, settle } from 'jitney/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

type Entry = SqsMessage & { Id: string }

/** What a service does with a request: refuses it, or leaves some of its entries undone. */
type Move = 'throttle' | 'lose' | readonly boolean[]

const throttling = Object.assign(new Error('Rate exceeded'), {
  name: 'ThrottlingException',
  $fault: 'client',
  $metadata: { httpStatusCode: 400 },
})

const move: fc.Arbitrary<Move> = fc.oneof(
  fc.constant('throttle' as const),
  fc.constant('lose' as const),
  fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }),
)

const bodyOf = (group: number, n: number): string => `${group}-${n}`

/** Lets time pass until all is settled. */
async function passTime(
  clock: ManualClock,
  end: Promise<unknown>,
  each: (round: number) => void = () => {},
): Promise<void> {
  const progress = { isOver: false }
  void end.then(() => (progress.isOver = true))
  for (let round = 0; !progress.isOver; round += 1) {
    if (round === 5000) throw new Error('Somebody waits for ever')
    each(round)
    await clock.advance(7)
    await settle()
  }
}

describe('sqsSendBatcher() on a FIFO queue', () => {
  it('never has a message accepted behind a later one of its group', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 60 }),
        fc.array(move, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.nat(59), { maxLength: 6 }),
        async (groups, moves, concurrency, leaving) => {
          const clock = new ManualClock()
          const accepted: string[] = []
          const moved = [...moves]
          const client = {
            sendMessageBatch: async ({ Entries }: { Entries: Entry[] }) => {
              await settle()
              const next = moved.shift() ?? []
              if (next === 'throttle') throw throttling
              // The request was done, but nobody hears of it. The queue knows doubles, as FIFO queues do.
              const undone = typeof next === 'string' ? [] : next
              const done = Entries.filter((_, place) => undone[place] !== true)
              for (const { MessageBody } of done) {
                if (!accepted.includes(MessageBody)) accepted.push(MessageBody)
              }
              if (next === 'lose') throw new Error('socket hang up')
              return {
                Successful: done.map(({ Id }) => ({ Id, MessageId: Id })),
                Failed: Entries.filter((_, place) => undone[place] === true).map(({ Id }) => ({
                  Id,
                  Code: 'InternalError',
                  SenderFault: false,
                })),
              }
            },
          }
          const sends = sqsSendBatcher(client, {
            queueUrl: 'https://sqs.example/1/queue.fifo',
            concurrency,
            clock,
            idempotent: true,
            retry: { attempts: 6, minDelay: 10 },
          })
          const controllers = groups.map(() => new AbortController())
          const calls = groups.map((group, n) =>
            sends.process(
              { MessageBody: bodyOf(group, n), MessageGroupId: `${group}` },
              { signal: controllers[n]!.signal },
            ),
          )
          const settled = Promise.allSettled(calls)
          await passTime(clock, settled, (round) => {
            const left = leaving[round]
            if (left !== undefined) controllers[left]?.abort(new Error('left'))
          })
          const numbers = accepted.map((body) => body.split('-').map(Number))
          for (const group of [0, 1, 2]) {
            const order = numbers.filter(([of]) => of === group).map(([, n]) => n!)
            expect(order).toEqual(order.toSorted((a, b) => a - b))
          }
          const told = (await settled).map((one, n) => ({ one, body: bodyOf(groups[n]!, n) }))
          const lost = told.filter(
            ({ one, body }) => one.status === 'fulfilled' && !accepted.includes(body),
          )
          // What was done in an attempt that nobody heard of may come back as undone.
          const disowned = told.filter(
            ({ one, body }) =>
              one.status === 'rejected' &&
              one.reason instanceof AwsError &&
              !moves.includes('lose') &&
              accepted.includes(body),
          )
          expect([...lost, ...disowned]).toEqual([])
          await sends.close()
          expect(clock.timerCount).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('dynamoDbWriteBatcher()', () => {
  it('leaves of each key what was written last, whatever is left undone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 80 }),
        fc.array(move, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        async (keys, moves, concurrency) => {
          const clock = new ManualClock()
          const stored = new Map<string, number>()
          const moved = [...moves]
          interface Request {
            PutRequest?: { Item: Record<string, unknown> }
          }
          const client = {
            batchWriteItem: async (input: { RequestItems: Record<string, Request[]> }) => {
              const requests = input.RequestItems['cats']!
              await settle()
              const next = moved.shift() ?? []
              if (next === 'throttle') throw throttling
              const undone = typeof next === 'string' ? [] : next
              const items = requests.map(({ PutRequest }) => PutRequest!.Item)
              expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
              for (const [place, { id, n }] of items.entries()) {
                if (undone[place] !== true) stored.set(String(id), Number(n))
              }
              if (next === 'lose') throw new Error('socket hang up')
              const rest = requests.filter((_, place) => undone[place] === true)
              return { UnprocessedItems: rest.length === 0 ? {} : { cats: rest } }
            },
          }
          const writes = dynamoDbWriteBatcher(client, {
            keys: { cats: ['id'] },
            concurrency,
            clock,
            retry: { attempts: 60, minDelay: 10, maxDelay: 40 },
          })
          const calls = writes.processAll(
            keys.map((key, n) => ({ TableName: 'cats', Item: { id: `${key}`, n } })),
          )
          await passTime(clock, calls)
          expect(stored).toEqual(new Map(keys.map((key, n) => [`${key}`, n])))
          await writes.close()
          expect(clock.timerCount).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })
})
