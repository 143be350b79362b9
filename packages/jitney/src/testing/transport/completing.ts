import { expectEqual } from '../conformance/expect-that.ts'
import type { ConformanceCase } from '../conformance/subject.ts'
import { settle } from '../settle.ts'
import {
  bury,
  bytes,
  claimNow,
  idsOf,
  repliesNow,
  reply,
  retry,
  shown,
  submit,
  transportCase,
} from './scene.ts'
import type { TransportSubject } from './subject.ts'

/** How items end, and what their clients hear. */
export function completingCases(subject: TransportSubject): ConformanceCase[] {
  const { lease } = subject
  const long = lease * 100
  return [
    transportCase('gives replies to their client alone', subject, async (scene) => {
      const { client, worker, newClient } = scene
      const other = newClient('client-2')
      await submit(client, 1)
      await submit(other, 1)
      const [mine, theirs] = await claimNow(worker)
      await worker.complete([reply(mine!, 1), reply(theirs!, 2)])
      expectEqual(shown(await repliesNow(client)), [[1, [1]]], 'the replies of one')
      expectEqual(shown(await repliesNow(other)), [[1, [2]]], 'the replies of the other')
    }),
    transportCase('ends a wait when a reply comes', subject, async ({ client, worker }) => {
      await submit(client, 1)
      const { signal } = new AbortController()
      const waiting = client.replies({ wait: long, signal })
      await settle()
      const [claim] = await claimNow(worker)
      await worker.complete([reply(claim!, 5)])
      expectEqual(shown(await waiting), [[1, [5]]], 'the replies')
    }),
    transportCase('ends a wait for replies by time, signal and close', subject, async (scene) => {
      const { client, advance } = scene
      const controller = new AbortController()
      const { signal } = controller
      const short = client.replies({ wait: lease / 3, signal })
      await advance(lease)
      expectEqual(await short, [], 'replies after the time')
      const aborted = client.replies({ wait: long, signal })
      await settle()
      controller.abort()
      expectEqual(await aborted, [], 'replies after the abort')
      const closed = client.replies({ wait: long, signal: new AbortController().signal })
      await settle()
      await client.close()
      expectEqual(await closed, [], 'replies after the close')
    }),
    transportCase('keeps replies for a client that was away', subject, async (scene) => {
      const { client, worker, newClient } = scene
      await submit(client, 1, 2)
      const [first, second] = await claimNow(worker)
      await worker.complete([reply(first!, 1)])
      expectEqual((await repliesNow(client)).length, 1, 'how many replies came at first')
      await worker.complete([reply(second!, 2)])
      const replies = shown(await repliesNow(newClient('client-1')))
      expectEqual(
        replies,
        [
          [1, [1]],
          [2, [2]],
        ],
        'the replies of a new link',
      )
    }),
    transportCase('forgets what is settled', subject, async (scene) => {
      const { client, worker, newClient, admin } = scene
      await submit(client, 1, 2)
      const claims = await claimNow(worker)
      await worker.complete(claims.map((claim) => reply(claim, 1)))
      await repliesNow(client)
      await client.submit([], [1])
      const { replies, remembered } = await admin.stats()
      expectEqual([replies, remembered], [1, 1], 'replies, and ids that are remembered')
      expectEqual(shown(await repliesNow(newClient('client-1'))), [[2, [1]]], 'what is left')
      await client.submit([], [2, 3])
      expectEqual((await admin.stats()).remembered, 0, 'what is remembered in the end')
    }),
    transportCase('tells nobody of what was settled before it is done', subject, async (scene) => {
      const { client, worker, admin } = scene
      await submit(client, 1)
      await client.submit([], [1])
      const [claim] = await claimNow(worker)
      expectEqual(await worker.complete([reply(claim!, 1)]), [true], 'the completion')
      expectEqual(await repliesNow(client), [], 'the replies')
      expectEqual((await admin.stats()).remembered, 0, 'what is remembered')
    }),
    transportCase(
      'forgets replies that nobody fetches, and remembers longer what is submitted again',
      subject,
      async ({ client, worker, advance, admin }) => {
        await submit(client, 1, 2)
        const claims = await claimNow(worker)
        await worker.complete(claims.map((claim) => reply(claim, 1)))
        await advance(lease * 3)
        expectEqual(await submit(client, 2), ['accepted'], 'the verdict on what is known')
        await advance(lease * 2)
        const { replies } = await admin.stats()
        expectEqual(replies, 1, 'how many replies are kept')
        expectEqual(await submit(client, 2), ['accepted'], 'the verdict once more')
        expectEqual(await claimNow(worker), [], 'what is to be done')
        await advance(lease * 5)
        expectEqual((await admin.stats()).remembered, 0, 'what is remembered in the end')
      },
      { retention: lease * 4 },
    ),
    transportCase('forgets a client that closes, and runs its items', subject, async (scene) => {
      const { client, worker, admin } = scene
      await submit(client, 1, 2)
      const [first] = await claimNow(worker, 1)
      await worker.complete([reply(first!, 1)])
      await client.close()
      const [second] = await claimNow(worker)
      expectEqual(second?.id, 'client-1:2', 'what is left')
      expectEqual(await worker.complete([reply(second!, 2)]), [true], 'its completion')
      const { replies, remembered } = await admin.stats()
      expectEqual([replies, remembered], [0, 0], 'replies, and ids that are remembered')
    }),
    transportCase('queues again after the delay', subject, async (scene) => {
      const { client, worker, advance, admin } = scene
      await submit(client, 1)
      const [claim] = await claimNow(worker)
      expectEqual(await worker.complete([retry(claim!, lease)]), [true], 'the completion')
      expectEqual(await claimNow(worker), [], 'a claim at once')
      const { queued, delayed, active } = await admin.stats()
      expectEqual([queued, delayed, active], [0, 1, 0], 'queued, delayed and active')
      const { signal } = new AbortController()
      const waiting = worker.claim(10, { wait: long, signal })
      await advance(lease * 1.5)
      const [again] = await waiting
      expectEqual([again?.id, again?.attempt], ['client-1:1', 2], 'the claim after the delay')
      expectEqual(await worker.complete([reply(claim!, 1)]), [false], 'the attempt before')
      expectEqual(await worker.complete([reply(again!, 2)]), [true], 'this attempt')
      expectEqual(shown(await repliesNow(client)), [[1, [2]]], 'the replies')
    }),
    transportCase('cancels what waits for another attempt', subject, async (scene) => {
      const { client, worker, advance } = scene
      await submit(client, 1)
      const [claim] = await claimNow(worker)
      await worker.complete([retry(claim!, lease)])
      expectEqual(await client.cancel([1]), [1], 'what was cancelled')
      await advance(lease * 1.5)
      expectEqual(await claimNow(worker), [], 'what can be claimed')
    }),
    transportCase('keeps dead letters, and tells their clients', subject, async (scene) => {
      const { client, worker, admin, advance } = scene
      await submit(client, 1, 2, 3)
      const claims = await claimNow(worker)
      await worker.complete(claims.map((claim) => bury(claim, `bad ${claim.id}`, 9)))
      expectEqual((await repliesNow(client)).length, 3, 'how many replies there are')
      await advance(lease)
      const first = await admin.deadLetters(2)
      expectEqual(
        first.map(({ id, reason, attempts, body }) => [id, reason, attempts, [...body]]),
        [
          ['client-1:1', 'bad client-1:1', 1, [1]],
          ['client-1:2', 'bad client-1:2', 1, [2]],
        ],
        'the first dead letters',
      )
      expectEqual(first[0]!.age >= lease / 2, true, `an age of ${first[0]!.age}`)
      expectEqual(idsOf(await admin.deadLetters(2, 'client-1:2')), ['client-1:3'], 'the others')
      expectEqual(await admin.removeDeadLetters(['client-1:1', 'no:1']), 1, 'how many are removed')
      expectEqual(await admin.retryDeadLetters(['client-1:2', 'no:1']), 1, 'how many are retried')
      expectEqual(idsOf(await admin.deadLetters(9)), ['client-1:3'], 'what is left')
      await client.submit([], [1, 2, 3])
      const [again] = await claimNow(worker)
      expectEqual([again?.id, again?.attempt], ['client-1:2', 1], 'the second life')
      await worker.complete([reply(again!, 1)])
      expectEqual(await repliesNow(client), [], 'the replies to that')
    }),
    transportCase(
      'keeps so many dead letters, the latest',
      subject,
      async ({ client, worker, admin, advance }) => {
        await submit(client, 1, 2, 3, 4, 5)
        for (const claim of await claimNow(worker, 3)) {
          await worker.complete([bury(claim, 'bad', 9)])
          await advance(lease / 10)
        }
        expectEqual(idsOf(await admin.deadLetters(9)), ['client-1:2', 'client-1:3'], 'what is kept')
        await worker.complete((await claimNow(worker)).map((claim) => bury(claim, 'bad', 9)))
        expectEqual(
          idsOf(await admin.deadLetters(9)),
          ['client-1:4', 'client-1:5'],
          'the next ones',
        )
        expectEqual((await admin.stats()).dead, 2, 'how many there are')
        expectEqual((await repliesNow(client)).length, 5, 'how many clients heard')
      },
      { maxDeadLetters: 2 },
    ),
    transportCase('purges what nobody holds, and tells its clients', subject, async (scene) => {
      const { client, worker, admin } = scene
      await submit(client, 1, 2, 3, 4)
      const [held, delayed] = await claimNow(worker, 2)
      await worker.complete([retry(delayed!, long)])
      let purged = 0
      for (let round = 0; round < 4; round += 1) purged += await admin.purge(2, bytes(8))
      expectEqual(purged, 3, 'how many were purged')
      const replies = shown(await repliesNow(client)).sort(([one], [two]) => one - two)
      expectEqual(
        replies,
        [
          [2, [8]],
          [3, [8]],
          [4, [8]],
        ],
        'the replies',
      )
      expectEqual(await worker.complete([reply(held!, 1)]), [true], 'what was held')
    }),
    transportCase('says what lies in the queue', subject, async (scene) => {
      const { client, worker, admin, advance, transport } = scene
      await submit(client, 1, 2, 3, 4, 5)
      const [done, dead, late] = await claimNow(worker, 4)
      await worker.complete([reply(done!, 1), bury(dead!, 'dead', 2), retry(late!, long)])
      await advance(lease / 2)
      await worker.heartbeat([])
      const { oldestAge, workers, ...counts } = await admin.stats()
      expectEqual(
        counts,
        { queued: 1, delayed: 1, active: 1, dead: 1, replies: 2, remembered: 5, maxItems: 1000 },
        'the counts',
      )
      expectEqual(oldestAge >= lease / 3, true, `an age of ${oldestAge}`)
      const [{ id, held, silence } = { id: '', held: 0, silence: 0 }] = workers
      expectEqual([id, held], ['worker-1', 1], 'the worker')
      expectEqual(silence < lease / 2, true, `a silence of ${silence}`)
      const peeked = await admin.peek(9)
      expectEqual(
        peeked.map((item) => [item.id, item.attempts, [...item.body]]),
        [['client-1:5', 0, [5]]],
        'what is seen',
      )
      const elsewhere = transport.admin('another')
      expectEqual((await elsewhere.stats()).remembered, 0, 'what another queue has')
      await elsewhere.close()
    }),
  ]
}
