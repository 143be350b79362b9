import { expectEqual } from '../conformance/expect-that.ts'
import type { ConformanceCase } from '../conformance/subject.ts'
import { settle } from '../settle.ts'
import { claimNow, idsOf, reply, submit, tokensOf, transportCase } from './scene.ts'
import type { TransportSubject } from './subject.ts'

/** How items come to workers, and back. */
export function claimingCases(subject: TransportSubject): ConformanceCase[] {
  const { lease } = subject
  const long = lease * 100
  return [
    transportCase('gives no more than the credit', subject, async ({ client, worker }) => {
      await submit(client, 1, 2, 3)
      expectEqual((await claimNow(worker, 2)).length, 2, 'the first claim')
      expectEqual((await claimNow(worker, 2)).length, 1, 'the second claim')
    }),
    transportCase('ends a wait when an item comes', subject, async ({ client, worker }) => {
      const { signal } = new AbortController()
      const waiting = worker.claim(10, { wait: long, signal })
      await settle()
      await submit(client, 1)
      expectEqual(idsOf(await waiting), ['client-1:1'], 'the claim')
    }),
    transportCase('ends a wait when its time is over', subject, async ({ worker, advance }) => {
      const { signal } = new AbortController()
      const waiting = worker.claim(10, { wait: lease / 3, signal })
      await advance(lease)
      expectEqual(await waiting, [], 'the claim')
    }),
    transportCase('ends a wait with its signal, and loses nothing', subject, async (scene) => {
      const { client, worker } = scene
      const controller = new AbortController()
      const waiting = worker.claim(10, { wait: long, signal: controller.signal })
      await settle()
      controller.abort()
      expectEqual(await waiting, [], 'the claim that was given up')
      await submit(client, 1)
      expectEqual(idsOf(await claimNow(worker)), ['client-1:1'], 'the next claim')
    }),
    transportCase('ends a wait when the worker closes', subject, async ({ worker }) => {
      const { signal } = new AbortController()
      const waiting = worker.claim(10, { wait: long, signal })
      await settle()
      await worker.close()
      expectEqual(await waiting, [], 'the claim')
    }),
    transportCase('gives each item to one worker', subject, async ({ client, newWorker }) => {
      const workers = ['a', 'b', 'c'].map((name) => newWorker(name))
      const { signal } = new AbortController()
      const waiting = workers.map((worker) => worker.claim(4, { wait: long, signal }))
      await settle()
      await submit(client, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
      const claims = (await Promise.all(waiting)).flat()
      for (const worker of workers) claims.push(...(await claimNow(worker)))
      const ids = idsOf(claims)
      expectEqual([ids.length, new Set(ids).size], [12, 12], 'how many, and how many different')
    }),
    transportCase('takes back what is released, ahead of others', subject, async (scene) => {
      const { client, worker, newWorker } = scene
      await submit(client, 1, 2, 3)
      const claims = await claimNow(worker, 2)
      await worker.release(tokensOf(claims.slice(1)))
      const other = newWorker('worker-2')
      const [again, ...others] = await claimNow(other)
      expectEqual(again?.id, 'client-1:2', 'the item that was released')
      expectEqual([again?.attempt, again?.crashes], [1, 0], 'its attempt and crashes')
      expectEqual(idsOf(others), ['client-1:3'], 'the others')
      expectEqual(await other.complete([reply(again!, 1)]), [true], 'its completion')
    }),
    transportCase('releases nothing that is not its own', subject, async (scene) => {
      const { client, worker, newWorker } = scene
      await submit(client, 1)
      const claims = await claimNow(worker)
      const other = newWorker('worker-2')
      await other.release(tokensOf(claims))
      expectEqual(await claimNow(other), [], 'a claim of the other')
      expectEqual(await worker.heartbeat(tokensOf(claims)), [], 'what was lost')
    }),
    transportCase('releases what a worker holds that closes', subject, async (scene) => {
      const { client, worker, newWorker, admin } = scene
      await submit(client, 1)
      await claimNow(worker)
      await worker.close()
      const [again] = await claimNow(newWorker('worker-2'))
      expectEqual([again?.attempt, again?.crashes], [1, 0], 'attempt and crashes')
      const { workers } = await admin.stats()
      expectEqual(
        workers.map(({ id }) => id),
        ['worker-2'],
        'the workers that are known',
      )
    }),
  ]
}
