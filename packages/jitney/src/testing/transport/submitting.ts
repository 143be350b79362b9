import { expectEqual } from '../conformance/expect-that.ts'
import type { ConformanceCase } from '../conformance/subject.ts'
import {
  bytes,
  claimNow,
  idsOf,
  item,
  items,
  repliesNow,
  reply,
  shown,
  submit,
  tokensOf,
  transportCase,
} from './scene.ts'
import type { TransportSubject } from './subject.ts'

/** What becomes of items that are handed over. */
export function submittingCases(subject: TransportSubject): ConformanceCase[] {
  return [
    transportCase('hands out an item once, as it was', subject, async (scene) => {
      const { client, worker, newWorker } = scene
      expectEqual(await submit(client, 1), ['accepted'], 'the verdict')
      const claims = await claimNow(worker)
      const [claim] = claims
      expectEqual(idsOf(claims), ['client-1:1'], 'the ids')
      expectEqual([claim?.attempt, claim?.crashes], [1, 0], 'attempt and crashes')
      expectEqual(claim?.timeToLive, Infinity, 'the time to live')
      expectEqual(await claimNow(worker), [], 'a second claim')
      expectEqual(await claimNow(newWorker('worker-2')), [], 'a claim of another worker')
    }),
    transportCase('keeps any bytes', subject, async ({ client, worker }) => {
      const all = Uint8Array.from({ length: 256 }, (_, value) => value)
      const large = new Uint8Array(300_000).fill(7)
      const bodies = [new Uint8Array(), all, large, bytes(13, 10, 0)]
      await client.submit(
        bodies.map((body, index) => item(index + 1, { body })),
        [],
      )
      const claims = await claimNow(worker)
      expectEqual(
        claims.map(({ body }) => [...body].join()),
        bodies.map((body) => body.join()),
        'the bodies of items',
      )
      await worker.complete(
        claims.map(({ token }, index) => ({ kind: 'reply', token, body: bodies[index]! })),
      )
      const replies = await repliesNow(client)
      expectEqual(
        replies.map(({ body }) => [...body].join()),
        bodies.map((body) => body.join()),
        'the bodies of replies',
      )
    }),
    transportCase('hands out the oldest first', subject, async ({ client, worker }) => {
      await submit(client, 3, 1)
      await submit(client, 2)
      const first = await claimNow(worker, 1)
      const others = await claimNow(worker)
      expectEqual(
        idsOf([...first, ...others]),
        ['client-1:3', 'client-1:1', 'client-1:2'],
        'the order of claims',
      )
    }),
    transportCase('hands out by priority', subject, async ({ client, worker }) => {
      const priorities = [-1, 0, 1]
      await client.submit(
        priorities.map((priority, index) => item(index + 1, { priority })),
        [],
      )
      const claims = [...(await claimNow(worker, 1)), ...(await claimNow(worker, 1))]
      expectEqual(idsOf(claims), ['client-1:3', 'client-1:2'], 'the first two claims')
      expectEqual(idsOf(await claimNow(worker)), ['client-1:1'], 'the last claim')
    }),
    transportCase('adds an id once, whatever becomes of it', subject, async (scene) => {
      const { client, worker } = scene
      await submit(client, 1)
      expectEqual(await submit(client, 1), ['accepted'], 'the verdict while it is queued')
      const [claim, ...others] = await claimNow(worker)
      expectEqual(others.length, 0, 'other claims')
      expectEqual(await submit(client, 1), ['accepted'], 'the verdict while it is held')
      expectEqual(await claimNow(worker), [], 'a claim while it is held')
      await worker.complete([reply(claim!, 7)])
      expectEqual(await submit(client, 1), ['accepted'], 'the verdict when it is done')
      expectEqual(await claimNow(worker), [], 'a claim when it is done')
    }),
    transportCase('gives the reply to a repeated id again', subject, async ({ client, worker }) => {
      await submit(client, 1)
      const [claim] = await claimNow(worker)
      await worker.complete([reply(claim!, 7)])
      expectEqual(shown(await repliesNow(client)), [[1, [7]]], 'the reply')
      await submit(client, 1)
      expectEqual(shown(await repliesNow(client)), [[1, [7]]], 'the reply once more')
    }),
    transportCase(
      'refuses what is over the bound, and knows nothing of it',
      subject,
      async ({ client, worker, newClient }) => {
        const verdicts = await submit(client, 1, 2, 3)
        expectEqual(verdicts, ['accepted', 'accepted', 'full'], 'the verdicts')
        expectEqual(await submit(client, 1), ['accepted'], 'the verdict on a known id')
        expectEqual(await submit(newClient('client-2'), 1), ['full'], 'that of another client')
        const claims = await claimNow(worker)
        expectEqual(idsOf(claims), ['client-1:1', 'client-1:2'], 'the claims')
        expectEqual(await submit(client, 3), ['full'], 'the verdict while all are held')
        await worker.complete([reply(claims[0]!)])
        expectEqual(await submit(client, 3), ['accepted'], 'the verdict when there is room')
        expectEqual(idsOf(await claimNow(worker)), ['client-1:3'], 'the last claim')
      },
      { maxItems: 2 },
    ),
    transportCase(
      'refuses a client whose replies pile up, and no other',
      subject,
      async ({ client, worker, newClient }) => {
        await submit(client, 1)
        const [claim] = await claimNow(worker)
        await worker.complete([reply(claim!, 1, 2, 3, 4)])
        expectEqual(await submit(client, 2), ['full'], 'the verdict')
        expectEqual(await submit(newClient('client-2'), 1), ['accepted'], 'that of another client')
        expectEqual(shown(await repliesNow(client)), [[1, [1, 2, 3, 4]]], 'the replies')
        // Room comes with the same call or the next.
        await client.submit([], [1])
        expectEqual(await submit(client, 2), ['accepted'], 'the verdict after settling')
      },
      { maxReplyBytes: 4 },
    ),
    transportCase('takes back what nobody holds', subject, async ({ client, worker, admin }) => {
      await submit(client, 1, 2, 3)
      const [claim] = await claimNow(worker, 1)
      expectEqual(await client.cancel([1, 2, 9]), [2], 'what was cancelled')
      expectEqual(idsOf(await claimNow(worker)), ['client-1:3'], 'the claims')
      expectEqual(await worker.complete([reply(claim!, 1)]), [true], 'the held one')
      expectEqual((await admin.stats()).queued, 0, 'the queue')
      expectEqual(await submit(client, 2), ['accepted'], 'the same id once more')
      expectEqual(idsOf(await claimNow(worker)), ['client-1:2'], 'its claim')
    }),
    transportCase('tells how long an item is waited for', subject, async (scene) => {
      const { client, worker, lease, advance } = scene
      await client.submit([item(1, { timeToLive: lease * 100 })], [])
      await advance(lease)
      const [claim] = await claimNow(worker)
      const left = claim!.timeToLive
      expectEqual(left <= lease * 99 && left > lease * 50, true, `${left} being what is left`)
    }),
    transportCase('takes nothing from a call without items', subject, async (scene) => {
      expectEqual(await scene.client.submit([], []), [], 'the verdicts')
      expectEqual(await scene.worker.complete([]), [], 'the completions')
      await scene.worker.release([])
      expectEqual(await scene.client.cancel([]), [], 'what was cancelled')
    }),
    transportCase('takes and gives hundreds at once', subject, async ({ client, worker }) => {
      const sequences = Array.from({ length: 700 }, (_, index) => index + 1)
      await client.submit(items(...sequences), [])
      const claims = await claimNow(worker, 650)
      expectEqual(claims.length, 650, 'how many were claimed')
      await worker.heartbeat(tokensOf(claims))
      const done = await worker.complete(claims.map((claim) => reply(claim, 1)))
      expectEqual(done.filter(Boolean).length, 650, 'how many counted')
      const replies = await repliesNow(client)
      expectEqual(
        replies.map(({ sequence }) => sequence).sort((one, other) => one - other),
        sequences.slice(0, 650),
        'the replies',
      )
      await client.submit([], sequences)
    }),
  ]
}
