import { AwsError, sqsDeleteBatcher, sqsSendBatcher } from 'jitney/aws'
import { ManualClock } from 'jitney/testing'
import { describe, expect, it, onTestFinished, vi } from 'vitest'

interface Entry {
  readonly Id: string
}

const queueUrl = 'https://sqs.example/1/queue'
const retry = { attempts: 3, minDelay: 0 }
const thrown = (name: string, status?: number, fault?: string): Error =>
  Object.assign(new Error('the service says so'), {
    name,
    ...(fault === undefined ? {} : { $fault: fault }),
    ...(status === undefined ? {} : { $metadata: { httpStatusCode: status } }),
  })

async function fateOf(error: Error, isIdempotent: boolean) {
  let requests = 0
  const fail = async (): Promise<never> => {
    requests += 1
    throw error
  }
  const client = { sendMessageBatch: fail, deleteMessageBatch: fail }
  const settled = isIdempotent
    ? await sqsDeleteBatcher(client, { queueUrl, retry }).processAllSettled(
        ['a', 'b'].map((ReceiptHandle) => ({ ReceiptHandle })),
      )
    : await sqsSendBatcher(client, { queueUrl, retry }).processAllSettled(
        ['a', 'b'].map((MessageBody) => ({ MessageBody })),
      )
  const errors = settled.map((one) => (one as PromiseRejectedResult).reason as AwsError)
  expect(errors[0]).not.toBe(errors[1])
  for (const each of errors) {
    expect(each).toBeInstanceOf(AwsError)
    expect(each.cause).toBe(error)
  }
  return { code: errors[0]!.code, awsCode: errors[0]!.awsCode, requests }
}

describe('a request that fails as a whole', () => {
  it.each([
    ['ThrottlingException', 400, 'client'],
    ['ProvisionedThroughputExceededException', 400, 'client'],
    ['RequestLimitExceeded', 400, 'client'],
    ['TooManyRequestsException', 429, 'client'],
    ['ServiceUnavailable', 503, 'server'],
  ])('is tried again as it is after %s', async (name, status, fault) => {
    const fate = { code: 'JITNEY_AWS_NOT_DONE', awsCode: name, requests: 3 }
    expect(await fateOf(thrown(name, status, fault), false)).toEqual(fate)
    expect(await fateOf(thrown(name, status, fault), true)).toEqual(fate)
  })

  it.each([
    ['InternalServerError', 500, 'server'],
    ['TimeoutError', undefined, undefined],
    ['Error', undefined, undefined],
  ])(
    'may have been done after %s, and is tried again if that is safe',
    async (name, status, fault) => {
      const error = thrown(name, status, fault)
      const unknown = { code: 'JITNEY_AWS_UNKNOWN' }
      expect(await fateOf(error, false)).toMatchObject({ ...unknown, requests: 1 })
      expect(await fateOf(error, true)).toMatchObject({ ...unknown, requests: 3 })
    },
  )

  it.each([
    ['AccessDeniedException', 400, 'client'],
    ['QueueDoesNotExist', 400, 'client'],
    ['ExpiredTokenException', 403, 'client'],
  ])('is neither divided nor tried again after %s', async (name, status, fault) => {
    const fate = { code: 'JITNEY_AWS_REFUSED', awsCode: name, requests: 1 }
    expect(await fateOf(thrown(name, status, fault), true)).toEqual(fate)
  })

  it.each([
    ['ValidationException', 400, 'client'],
    ['BatchRequestTooLong', 413, 'client'],
  ])('is divided after %s', async (name, status, fault) => {
    const fate = { code: 'JITNEY_AWS_REFUSED', awsCode: name, requests: 3 }
    expect(await fateOf(thrown(name, status, fault), false)).toEqual(fate)
  })

  it('costs one bad message of ten at most nine requests', async () => {
    let requests = 0
    const client = {
      sendMessageBatch: async ({ Entries }: { Entries: (Entry & { MessageBody: string })[] }) => {
        requests += 1
        if (Entries.some(({ MessageBody }) => MessageBody === '7')) {
          throw thrown('InvalidMessageContents', 400, 'client')
        }
        return { Successful: Entries }
      },
    }
    const sends = sqsSendBatcher(client, { queueUrl })
    const bodies = Array.from({ length: 10 }, (_, n) => ({ MessageBody: `${n}` }))
    const settled = await sends.processAllSettled(bodies)
    const rejected = settled.flatMap(({ status }, n) => (status === 'rejected' ? [n] : []))
    expect(rejected).toEqual([7])
    expect(requests).toBeLessThanOrEqual(9)
  })
})

describe('an entry that was left undone', () => {
  it('is sent again alone, not before its delay is over, and with growing delays', async () => {
    // Delays are drawn by lot: the longest there are.
    vi.spyOn(Math, 'random').mockReturnValue(0.999)
    onTestFinished(() => void vi.restoreAllMocks())
    const clock = new ManualClock()
    const sent: string[][] = []
    const client = {
      sendMessageBatch: async ({ Entries }: { Entries: (Entry & { MessageBody: string })[] }) => {
        sent.push(Entries.map(({ MessageBody }) => MessageBody))
        const isUndone = ({ MessageBody }: { MessageBody: string }): boolean => MessageBody === 'b'
        return {
          Successful: Entries.filter((entry) => !isUndone(entry)),
          Failed: Entries.filter(isUndone).map(({ Id }) => ({ Id, Code: 'InternalError' })),
        }
      },
    }
    const sends = sqsSendBatcher(client, {
      queueUrl,
      clock,
      retry: { attempts: 4, minDelay: 100, maxDelay: 200 },
    })
    const calls = ['a', 'b', 'c'].map((MessageBody) => sends.process({ MessageBody }))
    const settled = Promise.allSettled(calls)
    await Promise.all([calls[0], calls[2]])
    expect(sent).toEqual([['a', 'b', 'c']])
    await clock.advance(99)
    expect(sent.length).toBe(1)
    await clock.advance(1)
    expect(sent.length).toBe(2)
    await clock.advance(199)
    expect(sent.length).toBe(2)
    await clock.advance(1)
    expect(sent.length).toBe(3)
    await clock.advance(200)
    expect(sent.slice(1)).toEqual([['b'], ['b'], ['b']])
    expect((await settled)[1]).toMatchObject({
      reason: { code: 'JITNEY_AWS_NOT_DONE', attempts: 4 },
    })
    expect(clock.timerCount).toBe(0)
  })

  it('is tried at once when the batcher closes', async () => {
    const clock = new ManualClock()
    const seen = { requests: 0 }
    const client = {
      deleteMessageBatch: async ({ Entries }: { Entries: Entry[] }) => {
        seen.requests += 1
        return seen.requests < 3
          ? { Failed: Entries.map(({ Id }) => ({ Id, Code: 'InternalError' })) }
          : { Successful: Entries }
      },
    }
    const deletes = sqsDeleteBatcher(client, { queueUrl, clock, retry: { attempts: 5 } })
    const call = deletes.process({ ReceiptHandle: 'a' })
    const closed = deletes.close()
    while (seen.requests < 3) await clock.advance(0)
    await closed
    await expect(call).resolves.toBeUndefined()
  })

  it('is not taken for done where the answer says both', async () => {
    const client = {
      sendMessageBatch: async ({ Entries }: { Entries: Entry[] }) => ({
        Successful: Entries,
        Failed: Entries.map(({ Id }) => ({ Id, Code: 'Wrong', SenderFault: true })),
      }),
    }
    await expect(
      sqsSendBatcher(client, { queueUrl }).process({ MessageBody: 'a' }),
    ).rejects.toMatchObject({ code: 'JITNEY_AWS_REFUSED', awsCode: 'Wrong' })
  })
})
