import { expectEqual } from '../conformance/expect-that.ts'
import type { ConformanceCase } from '../conformance/subject.ts'
import {
  claimNow,
  idsOf,
  repliesNow,
  reply,
  retry,
  shown,
  submit,
  tokensOf,
  transportCase,
} from './scene.ts'
import type { TransportSubject } from './subject.ts'

const sizes = [2, 1]

/** What happens when a worker is lost, or stands still. */
export function leaseCases(subject: TransportSubject): ConformanceCase[] {
  const { lease } = subject
  return [
    transportCase('takes over after one lease, and not before', subject, async (scene) => {
      const { client, worker, newWorker, advance } = scene
      const other = newWorker('worker-2')
      await submit(client, 1)
      await claimNow(worker)
      expectEqual(await other.takeOver(sizes), [], 'what is taken over at once')
      await advance(lease * 1.5)
      expectEqual(await claimNow(other), [], 'what is claimed')
      const [claim] = await other.takeOver(sizes)
      expectEqual(claim?.id, 'client-1:1', 'what is taken over')
      expectEqual([claim?.attempt, claim?.crashes], [2, 1], 'attempt and crashes')
      expectEqual(await newWorker('worker-3').takeOver(sizes), [], 'what a third one takes')
    }),
    transportCase('keeps what its worker speaks of', subject, async (scene) => {
      const { client, worker, newWorker, advance } = scene
      const other = newWorker('worker-2')
      await submit(client, 1, 2)
      const claims = await claimNow(worker)
      for (let beat = 0; beat < 4; beat += 1) {
        await advance(lease / 2)
        const lost = await worker.heartbeat(tokensOf(claims.slice(0, 1)))
        expectEqual(lost, [], 'what was lost')
      }
      expectEqual(idsOf(await other.takeOver(sizes)), ['client-1:2'], 'what is taken over')
      const [first] = claims
      await worker.complete([retry(first!, 0)])
      const [again] = await claimNow(worker)
      expectEqual(again?.attempt, 2, 'the attempt after heartbeats')
    }),
    transportCase('lets a worker that stood still take nothing back', subject, async (scene) => {
      const { client, worker, newWorker, advance } = scene
      const other = newWorker('worker-2')
      await submit(client, 1)
      const claims = await claimNow(worker)
      await advance(lease * 1.5)
      const [taken] = await other.takeOver(sizes)
      expectEqual(await worker.heartbeat(tokensOf(claims)), tokensOf(claims), 'what was lost')
      await worker.release(tokensOf(claims))
      expectEqual(await claimNow(worker), [], 'what can be claimed')
      expectEqual(await worker.complete([retry(claims[0]!, 0)]), [false], 'a retry')
      expectEqual(await other.heartbeat([taken!.token]), [], 'what the other lost')
    }),
    transportCase('keeps a lease that ended unless it was taken over', subject, async (scene) => {
      const { client, worker, newWorker, advance } = scene
      await submit(client, 1)
      const claims = await claimNow(worker)
      await advance(lease * 1.5)
      expectEqual(await worker.heartbeat(tokensOf(claims)), [], 'what was lost')
      expectEqual(await worker.takeOver(sizes), [], 'what the worker takes from itself')
      expectEqual(await newWorker('worker-2').takeOver(sizes), [], 'what another takes over')
    }),
    transportCase('gives a worker what it does not know that it holds', subject, async (scene) => {
      const { client, worker, advance } = scene
      await submit(client, 1, 2)
      const [known] = await claimNow(worker, 1)
      // The answer to this was lost.
      await claimNow(worker)
      await advance(lease * 0.7)
      await worker.heartbeat([known!.token])
      await advance(lease * 0.7)
      const [found, ...others] = await worker.takeOver(sizes)
      expectEqual([found?.id, others.length], ['client-1:2', 0], 'what is taken over')
      expectEqual(await worker.heartbeat([known!.token, found!.token]), [], 'what was lost')
    }),
    transportCase('takes over in groups of equal crashes', subject, async (scene) => {
      const { client, worker, newWorker, advance } = scene
      const second = newWorker('worker-2')
      await submit(client, 1, 2, 3)
      await claimNow(worker)
      await advance(lease * 1.5)
      const first = await second.takeOver(sizes)
      expectEqual(idsOf(first), ['client-1:1', 'client-1:2'], 'the first group')
      await submit(client, 4)
      await claimNow(second)
      await advance(lease * 1.5)
      const third = newWorker('worker-3')
      const groups = []
      for (let round = 0; round < 5; round += 1) groups.push(await third.takeOver(sizes))
      const claims = groups.flat()
      expectEqual(claims.length, 4, 'how many were taken over')
      for (const group of groups.filter(({ length }) => length > 0)) {
        const crashes = new Set(group.map((claim) => claim.crashes))
        expectEqual(crashes.size, 1, 'how many different crashes a group has')
        const most = group[0]!.crashes === 1 ? 2 : 1
        expectEqual(group.length <= most, true, `a group of ${group.length} being small enough`)
      }
      expectEqual(
        Object.fromEntries(claims.map(({ id, crashes }) => [id.slice(-1), crashes])),
        { 1: 2, 2: 2, 3: 1, 4: 1 },
        'the crashes',
      )
    }),
    transportCase('counts whoever is first, and gives one reply', subject, async (scene) => {
      const { client, worker, newWorker, advance } = scene
      const other = newWorker('worker-2')
      await submit(client, 1, 2)
      const stale = await claimNow(worker)
      await advance(lease * 1.5)
      const taken = await other.takeOver(sizes)
      expectEqual(await worker.complete([reply(stale[0]!, 1)]), [true], 'the stale completion')
      expectEqual(
        await other.complete(taken.map((claim) => reply(claim, 2))),
        [false, true],
        'the completions of the other',
      )
      expectEqual(await worker.complete([reply(stale[1]!, 1)]), [false], 'one that is too late')
      const replies = shown(await repliesNow(client)).sort(([one], [two]) => one - two)
      expectEqual(
        replies,
        [
          [1, [1]],
          [2, [2]],
        ],
        'the replies',
      )
      expectEqual(shown(await repliesNow(client)), [], 'further replies')
    }),
    transportCase('counts attempts across crashes and retries', subject, async (scene) => {
      const { client, worker, newWorker, advance } = scene
      const other = newWorker('worker-2')
      await submit(client, 1)
      await claimNow(worker)
      await advance(lease * 1.5)
      const [taken] = await other.takeOver(sizes)
      await other.complete([retry(taken!, 0)])
      const [again] = await claimNow(other)
      expectEqual([again?.attempt, again?.crashes], [3, 0], 'attempt and crashes')
    }),
  ]
}
