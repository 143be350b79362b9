// Jobs of a BullMQ queue in batches: the worker takes many jobs at once, each of which hands its data
// to a batcher and awaits its own result. So a job succeeds, fails and is tried again by itself, while
// the bulk API is called once for many. `concurrency` is how many may ride together.
import { Queue, QueueEvents, Worker } from 'bullmq'
import { Batcher } from 'jitney'

import { startRedis } from '../redis-server.ts'

// Yours is there already: { host, port }.
const redis = await startRedis({ 'maxmemory-policy': 'noeviction' })
const connection = { host: '127.0.0.1', port: redis.port }

// A bulk API of yours: one call for many recipients, an Error for one that it refuses.
const calls: number[] = []
async function sendMails(recipients: string[]): Promise<(string | Error)[]> {
  calls.push(recipients.length)
  return recipients.map((to) => (to.includes('@') ? `sent to ${to}` : new Error(`${to}: no @`)))
}

const mails = new Batcher(sendMails, { maxBatchSize: 50, maxQueueTime: 50 })
const worker = new Worker<string, string>('mails', (job) => mails.process(job.data), {
  connection,
  concurrency: 100,
})
const queue = new Queue<string, string>('mails', { connection })
const events = new QueueEvents('mails', { connection })
await Promise.all([worker.waitUntilReady(), queue.waitUntilReady(), events.waitUntilReady()])

const recipients = Array.from({ length: 200 }, (_, n) => (n === 7 ? 'nobody' : `user${n}@host`))
const jobs = await queue.addBulk(recipients.map((data) => ({ name: 'mail', data })))
const settled = await Promise.allSettled(jobs.map((job) => job.waitUntilFinished(events)))

console.log(settled.filter(({ status }) => status === 'fulfilled').length, 'jobs are done')
for (const result of settled) if (result.status === 'rejected') console.log(result.reason.message)
console.log(calls.length < 20 ? 'a few calls' : `${calls.length} calls`, 'for all of them')

// First the worker, which lets its jobs end, then what they wait for.
await worker.close()
await mails.close()
await Promise.all([queue.close(), events.close()])
await redis[Symbol.asyncDispose]()

// Output:
// 199 jobs are done
// nobody: no @
// a few calls for all of them
