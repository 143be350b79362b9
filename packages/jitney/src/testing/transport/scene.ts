import type {
  Claim,
  Completion,
  Reply,
  Submission,
  SubmissionVerdict,
  Transport,
  TransportAdmin,
  TransportClient,
  TransportWorker,
} from '../../remote/transport.ts'
import { messageOf } from '../../platform/message-of.ts'
import { ConformanceError } from '../conformance/expect-that.ts'
import type { ConformanceCase } from '../conformance/subject.ts'
import type { TransportBounds, TransportRun, TransportSubject } from './subject.ts'

/** A queue with what a case does to it: each call the shortest way to say it. */
export interface Scene {
  readonly transport: Transport
  readonly lease: number
  readonly client: TransportClient
  readonly worker: TransportWorker
  readonly admin: TransportAdmin
  advance(duration: number): Promise<void>
  /** Another client, or another link of one that was there. */
  newClient(name: string): TransportClient
  newWorker(name: string): TransportWorker
}

const queueName = 'queue'
const never = new AbortController().signal

export function transportCase(
  name: string,
  { start, lease }: TransportSubject,
  check: (scene: Scene) => Promise<void>,
  bounds: Partial<TransportBounds> = {},
): ConformanceCase {
  return {
    name,
    run: async () => {
      const retention = lease * 1000
      const all = { maxItems: 1000, maxReplyBytes: 1_000_000, maxDeadLetters: 100, retention }
      const run = await start({ ...all, ...bounds })
      const { transport } = run
      const links: { close(): Promise<void> }[] = []
      try {
        await check(sceneOf(run, transport, lease, links))
      } catch (error) {
        if (error instanceof ConformanceError) throw error
        throw new ConformanceError(`Expected no failure: ${messageOf(error)}`, { cause: error })
      } finally {
        for (const link of links) await link.close()
        await run.end()
      }
    },
  }
}

function sceneOf(
  run: TransportRun,
  transport: Transport,
  lease: number,
  links: { close(): Promise<void> }[],
): Scene {
  const kept = <Link extends { close(): Promise<void> }>(link: Link): Link => {
    links.push(link)
    return link
  }
  const newClient = (name: string): TransportClient => kept(transport.client(queueName, name))
  const newWorker = (name: string): TransportWorker =>
    kept(transport.worker(queueName, name, { lease }))
  return {
    transport,
    lease,
    client: newClient('client-1'),
    worker: newWorker('worker-1'),
    admin: kept(transport.admin(queueName)),
    advance: (duration) => run.advance(duration),
    newClient,
    newWorker,
  }
}

export function item(sequence: number, options: Partial<Submission> = {}): Submission {
  return { sequence, body: bytes(sequence), priority: 0, timeToLive: Infinity, ...options }
}

export function items(...sequences: number[]): Submission[] {
  return sequences.map((sequence) => item(sequence))
}

/** Bytes that a number is told by. */
export function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}

export function submit(
  client: TransportClient,
  ...sequences: number[]
): Promise<readonly SubmissionVerdict[]> {
  return client.submit(items(...sequences), [])
}

/** What can be claimed now. */
export function claimNow(worker: TransportWorker, credit = 100): Promise<readonly Claim[]> {
  return worker.claim(credit, { wait: 0, signal: never })
}

/** What has come until now. */
export function repliesNow(client: TransportClient): Promise<readonly Reply[]> {
  return client.replies({ wait: 0, signal: never })
}

export function reply({ token }: Claim, ...values: number[]): Completion {
  return { kind: 'reply', token, body: bytes(...values) }
}

export function retry({ token }: Claim, delay: number): Completion {
  return { kind: 'retry', token, delay }
}

export function bury({ token }: Claim, reason: string, ...values: number[]): Completion {
  return { kind: 'dead', token, reason, body: bytes(...values) }
}

/** Names of items, as the cases expect them. */
export function idsOf(claims: readonly { readonly id: string }[]): string[] {
  return claims.map(({ id }) => id)
}

/** Replies as the cases expect them: sequence and bytes. */
export function shown(replies: readonly Reply[]): (readonly [number, number[]])[] {
  return replies.map(({ sequence, body }) => [sequence, [...body]])
}

export function tokensOf(claims: readonly Claim[]): string[] {
  return claims.map(({ token }) => token)
}
