import { connect, type ConfirmChannel } from 'amqplib'
import { amqpBatcher, type AmqpMessage } from 'jitney/amqp'
import { conformance, deferred } from 'jitney/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { findService } from '../services.ts'
import { type RabbitMq, startRabbitMq } from './rabbitmq.ts'

const isMissing = findService('rabbitmq-server') === undefined

let rabbit: RabbitMq
let queues = 0

beforeAll(async () => {
  rabbit = await startRabbitMq()
}, 120_000)
afterAll(() => rabbit[Symbol.asyncDispose]())

const open = () => connect(rabbit.url)

/** Calls a function with a channel of a connection of its own. */
async function onChannel<Result>(
  use: (channel: ConfirmChannel) => Promise<Result>,
): Promise<Result> {
  const connection = await open()
  try {
    return await use(await connection.createConfirmChannel())
  } finally {
    await connection.close()
  }
}

async function newQueue(options: object = {}): Promise<string> {
  const name = `queue-${(queues += 1)}`
  await onChannel((channel) => channel.assertQueue(name, { durable: true, ...options }))
  return name
}

/** What is in a queue, in order. It is taken out. */
function contentsOf(queue: string): Promise<string[]> {
  return onChannel(async (channel) => {
    const contents: string[] = []
    for (;;) {
      const message = await channel.get(queue, { noAck: true })
      if (message === false) return contents
      contents.push(message.content.toString())
    }
  })
}

const persistent = { persistent: true }

describe.skipIf(isMissing)('amqpBatcher()', () => {
  it('publishes in order, and resolves when the broker has confirmed', async () => {
    const queue = await newQueue()
    await using messages = amqpBatcher(open, { maxBatchSize: 30 })
    const texts = Array.from({ length: 100 }, (_, n) => `message ${n}`)
    await messages.processAll(texts.map((content) => ({ routingKey: queue, content })))
    expect(messages.stats().batches).toBe(4)
    expect(await contentsOf(queue)).toEqual(texts)
  })

  it('rejects a message that no queue gets, and no other', async () => {
    const queue = await newQueue()
    await using messages = amqpBatcher(open)
    const [first, lost, last, unasked] = await messages.processAllSettled([
      { routingKey: queue, content: 'a' },
      { routingKey: 'nowhere', content: 'b' },
      { routingKey: queue, content: 'c' },
      { routingKey: 'nowhere', content: 'd', options: { mandatory: false } },
    ])
    expect(lost).toMatchObject({ reason: { code: 'JITNEY_MESSAGE_RETURNED', replyCode: 312 } })
    expect([first, last, unasked].map((one) => one?.status)).toEqual(Array(3).fill('fulfilled'))
    expect(await contentsOf(queue)).toEqual(['a', 'c'])
  })

  it('rejects a message that the broker refuses, and no other', async () => {
    const full = await newQueue({ maxLength: 2, arguments: { 'x-overflow': 'reject-publish' } })
    const queue = await newQueue()
    await using messages = amqpBatcher(open)
    const settled = await messages.processAllSettled(
      [full, full, full, queue].map((routingKey, n) => ({ routingKey, content: String(n) })),
    )
    expect(settled.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect(settled[2]).toMatchObject({ reason: { code: 'JITNEY_MESSAGE_REFUSED' } })
    expect(await contentsOf(queue)).toEqual(['3'])
  })

  it('lets an exchange that does not exist fail alone, and goes on over another channel', async () => {
    const queue = await newQueue()
    await using messages = amqpBatcher(open)
    const [bad, good] = await messages.processAllSettled([
      { exchange: 'none', routingKey: queue, content: 'a' },
      { routingKey: queue, content: 'b' },
    ])
    expect(bad).toMatchObject({ reason: { code: 'JITNEY_MESSAGE_REFUSED' } })
    expect(good?.status).toBe('fulfilled')
    expect(await contentsOf(queue)).toEqual(['b'])
  })

  it('refuses what is no message alone, before anything is sent', async () => {
    const queue = await newQueue()
    await using messages = amqpBatcher(open)
    const [good, ...others] = await messages.processAllSettled([
      { routingKey: queue, content: 'a' },
      { routingKey: queue, content: 3 as never },
      { content: 'x' } as never,
      undefined as never,
      { routingKey: queue, content: 'x', options: { headers: 3 } },
    ])
    expect(good?.status).toBe('fulfilled')
    expect(others.map(({ status }) => status)).toEqual(Array(4).fill('rejected'))
    expect(await contentsOf(queue)).toEqual(['a'])
  })

  it('tries to connect as often as it may, then says so to each caller', async () => {
    let tries = 0
    const refused = new Error('refused')
    const messages = amqpBatcher(
      () => {
        tries += 1
        return Promise.reject(refused)
      },
      { retry: { attempts: 3, minDelay: 0 } },
    )
    const settled = await messages.processAllSettled(
      [1, 2].map(() => ({ routingKey: 'x', content: 'x' })),
    )
    expect(tries).toBe(3)
    for (const one of settled) expect(one).toMatchObject({ reason: { cause: refused } })
  })

  it('refuses wrong options, which it names', () => {
    expect(() => amqpBatcher(3 as never)).toThrow("'connect' must be a function")
    expect(() => amqpBatcher(open, { idempotent: 1 as never })).toThrow(
      "'idempotent' must be a boolean",
    )
    expect(() => amqpBatcher(open, { concurrency: 2 } as never)).toThrow("'option' must be one of")
  })
})

describe.skipIf(isMissing).each([
  { idempotent: false, signal: 'SIGKILL' },
  { idempotent: true, signal: 'SIGKILL' },
  { idempotent: false, signal: 'SIGTERM' },
] as const)(
  'a broker that is restarted ($signal) while messages leave',
  ({ idempotent, signal }) => {
    it(
      `loses none that was confirmed, idempotent ${idempotent}`,
      { timeout: 200_000 },
      async () => {
        const queue = await newQueue()
        const messages = amqpBatcher(open, {
          maxBatchSize: 50,
          idempotent,
          retry: { attempts: 1000, minDelay: 50, maxDelay: 200 },
        })
        const confirmed: string[] = []
        const unknown: string[] = []
        const codes = new Set<unknown>()
        const [some, more] = [deferred(), deferred()]
        const broker = { isDown: false }
        const feed = async (lane: number): Promise<void> => {
          for (let n = 0; !(broker.isDown && n > 20); n += 1) {
            const content = `${lane}-${n}`
            try {
              await messages.process({ routingKey: queue, content, options: persistent })
              confirmed.push(content)
              if (confirmed.length === 500) some.resolve()
            } catch (error) {
              codes.add((error as { code: unknown }).code)
              unknown.push(content)
            }
          }
        }
        const feeding = Promise.all(Array.from({ length: 50 }, (_, lane) => feed(lane)))
        await some.promise
        await rabbit.stop(signal)
        broker.isDown = true
        // What is handed over now waits for the broker.
        const late = messages.process({ routingKey: queue, content: 'late', options: persistent })
        void late.then(more.resolve, more.reject)
        await rabbit.start()
        await Promise.all([feeding, more.promise])
        await messages.close()

        const contents = await contentsOf(queue)
        const there = new Set(contents)
        expect(confirmed.filter((content) => !there.has(content))).toEqual([])
        expect(there).toContain('late')
        const known = new Set([...confirmed, ...unknown, 'late'])
        expect(contents.filter((content) => !known.has(content))).toEqual([])
        const duplicates = contents.length - there.size
        // Of one batch, which was under way.
        expect(unknown.length).toBeLessThanOrEqual(idempotent ? 0 : 50)
        expect([...codes]).toEqual(unknown.length > 0 ? ['JITNEY_MESSAGE_UNCONFIRMED'] : [])
        expect(duplicates).toBeLessThanOrEqual(idempotent ? 50 : 0)
      },
    )
  },
)

const conforming = conformance<AmqpMessage, undefined>({
  start: async () => {
    const queue = 'conforming'
    await onChannel((channel) => channel.assertQueue(queue))
    const processor = amqpBatcher(open)
    return {
      processor,
      end: () => {
        processor.abort()
      },
    }
  },
  item: (n) => ({ routingKey: 'conforming', content: String(n) }),
  result: () => undefined,
  failingItem: { routingKey: 'nowhere', content: 'x' },
  oversizeItem: 'not applicable',
  missing: { item: { routingKey: 'nowhere else', content: 'x' }, result: 'error' },
  unprocessed: 'not applicable',
  shuffled: 'not applicable',
  // The tests above restart the broker, which takes seconds.
  outage: 'not applicable',
  slowItem: 'not applicable',
})

describe.skipIf(isMissing)('amqpBatcher() conforms', () => {
  it.each(conforming)('$name', async ({ run }) => {
    await expect(run()).resolves.toBe(undefined)
  })
})
