/**
 * What carries items to workers and results back: the port that memory, SQLite, Redis and others
 * implement, and that `transportConformance` of `jitney/testing` holds them to.
 *
 * What holds for all of them:
 *
 * - **Bodies** are bytes that a transport keeps and hands on, and never reads.
 * - **Each state change is atomic**, and durable as the transport promises when its promise resolves.
 * - **Every call may be repeated.** One that rejects may have happened or not: whoever called asks
 *   again, with the same ids or tokens.
 * - **Calls end.** A transport has deadlines of its own for connections that say nothing.
 * - **Time is the transport's own.** All that is handed over are durations, in milliseconds.
 */
export interface Transport {
  /**
   * For how many milliseconds at least an id, and the reply to it, are remembered if its client says
   * nothing more. A client submits the same id again for half as long, and no longer.
   */
  readonly retention: number
  /**
   * A client's side of a queue.
   *
   * @param client what the client's ids begin with: unique for ever, of `[\w.-]`.
   */
  client(queue: string, client: string): TransportClient
  /**
   * A worker's side of a queue.
   *
   * @param worker unique for ever, of `[\w.-]`: a worker that starts again has another.
   */
  worker(queue: string, worker: string, options: WorkerLinkOptions): TransportWorker
  /** The queue's inside, for tools. */
  admin(queue: string): TransportAdmin
}

/** What a transport is told of a worker. */
export interface WorkerLinkOptions {
  /** For how many milliseconds an item is the worker's own since it last said so. */
  readonly lease: number
}

/** A client's side of a queue. */
export interface TransportClient {
  /**
   * Hands over items, and says what became of each. An id that is known is not added again, but
   * remembered for `retention` from now.
   *
   * @param settled sequences whose replies are not wanted any more: they, and what is known of them,
   * are deleted. None of them is on its way in another call of `submit`.
   */
  submit(
    items: readonly Submission[],
    settled: readonly number[],
  ): Promise<readonly SubmissionVerdict[]>
  /**
   * Waits for replies. One that was given before may come again, until it is among `settled`: all of
   * them do after a call that rejected.
   *
   * @returns none if there were none within `wait` milliseconds, or if `signal` aborted.
   */
  replies(options: WaitOptions): Promise<readonly Reply[]>
  /**
   * Takes back what no worker holds.
   *
   * @returns which sequences will neither run nor have a reply; they are forgotten.
   */
  cancel(sequences: readonly number[]): Promise<readonly number[]>
  /**
   * Ends what `replies` waits for. What is queued stays and runs, nobody gets its replies: they and
   * all that is known of the client are deleted, at the latest after `retention`.
   */
  close(): Promise<void>
}

/** How long a call may wait for something to come. */
export interface WaitOptions {
  /** Milliseconds; 0 gives what is there. */
  readonly wait: number
  /** Ends the wait early; what was not given is not lost. */
  readonly signal: AbortSignal
}

/** An item on its way to the queue. Its id is `client:sequence`. */
export interface Submission {
  /** Which item of the client this is: an integer from 1, the same whenever it is submitted. */
  readonly sequence: number
  /** The item's bytes. */
  readonly body: Uint8Array
  /** Above 0 it is handed out ahead of others, below 0 after them. Nothing finer is promised. */
  readonly priority: number
  /** Milliseconds from now after which nobody waits for it: it may be dropped. `Infinity`: never. */
  readonly timeToLive: number
}

/**
 * What became of a submission:
 *
 * - `'accepted'`: the queue has it, or has done it and still has the reply, which will come;
 * - `'full'`: the queue, or what waits for this client, is at its bound; nothing is known of the id;
 * - `'lost'`: it was done, and the reply is gone.
 */
export type SubmissionVerdict = 'accepted' | 'full' | 'lost'

/** What a client gets for an item. */
export interface Reply {
  /** Which item of the client it is for. */
  readonly sequence: number
  /** The bytes that the worker gave. */
  readonly body: Uint8Array
}

/** A worker's side of a queue. */
export interface TransportWorker {
  /**
   * Waits for items that nobody holds, and takes up to `credit` of them: the oldest, of the highest
   * priority. Returns as soon as there is one, so that the worker's batcher decides what is worth
   * waiting for.
   *
   * @returns none if there were none within `wait` milliseconds, or if `signal` aborted.
   */
  claim(credit: number, options: WaitOptions): Promise<readonly Claim[]>
  /**
   * Takes items whose lease ended: their worker died, or stood still, or the answer to its claim was
   * lost, so that it may have been this one; a worker that lives speaks first of what it holds. They
   * may be what killed it, so that they come in small groups, to be run alone: all of one group have
   * the same number of `crashes`, and there are at most `sizes[crashes - 1]` of them, or as many as
   * the last of `sizes` says.
   *
   * @returns none if there are none, or another worker is about to take them.
   */
  takeOver(sizes: readonly number[]): Promise<readonly Claim[]>
  /**
   * Says that the worker lives and holds these; called with none as well. Their leases begin anew.
   *
   * @returns those that are not its own any more.
   */
  heartbeat(tokens: readonly string[]): Promise<readonly string[]>
  /**
   * Ends items, each in one of three ways. Whoever is first wins, also when its lease is over.
   *
   * @returns for each whether it counted; `false` if it was ended before, by whomever, or handed out
   * anew after a retry.
   */
  complete(completions: readonly Completion[]): Promise<readonly boolean[]>
  /** Gives back what was not started: it is claimed again, and this one does not count. */
  release(tokens: readonly string[]): Promise<void>
  /** Ends what `claim` waits for. What is still held is released. */
  close(): Promise<void>
}

/** An item that a worker holds. */
export interface Claim {
  /** Names this item in the worker's calls. */
  readonly token: string
  /** `client:sequence`, the same each time it is handed out. */
  readonly id: string
  /** The bytes that were submitted. */
  readonly body: Uint8Array
  /** Which attempt this is, from 1: each claim counts that was not released. */
  readonly attempt: number
  /** How many workers were lost with it since it was queued or last asked for another attempt. */
  readonly crashes: number
  /** Milliseconds until nobody waits for it; 0 or less if that is so now. */
  readonly timeToLive: number
}

/** How an item ended. */
export type Completion =
  | { readonly kind: 'reply'; readonly token: string; readonly body: Uint8Array }
  /** It is queued again after `delay` milliseconds. */
  | { readonly kind: 'retry'; readonly token: string; readonly delay: number }
  /** It goes to the dead letters, and its client gets a reply. */
  | {
      readonly kind: 'dead'
      readonly token: string
      readonly reason: string
      readonly body: Uint8Array
    }

/** What `jitney queue` needs. */
export interface TransportAdmin {
  /** Counts what lies in the queue. */
  stats(): Promise<QueueStats>
  /** The oldest items that nobody holds and that are not delayed. */
  peek(most: number): Promise<readonly QueuedItem[]>
  /** Deletes up to `most` items that nobody holds, delayed ones included; their clients get `reply`. */
  purge(most: number, reply: Uint8Array): Promise<number>
  /** Dead letters, oldest first, from the one that follows the id `after`. */
  deadLetters(most: number, after?: string): Promise<readonly DeadLetter[]>
  /** Queues dead letters again, as a first attempt; nobody waits for their results. Says how many. */
  retryDeadLetters(ids: readonly string[]): Promise<number>
  /** Deletes dead letters. Says how many. */
  removeDeadLetters(ids: readonly string[]): Promise<number>
  /** Ends what it has open. */
  close(): Promise<void>
}

/** What lies in a queue: a plain object of counts and milliseconds. */
export interface QueueStats {
  /** Items that wait for a worker. */
  readonly queued: number
  /** Items that wait for the time of their next attempt. */
  readonly delayed: number
  /** Items that workers hold. */
  readonly active: number
  /** Dead letters. */
  readonly dead: number
  /** Replies that their clients have not settled. */
  readonly replies: number
  /** Ids that are remembered, those of items that are not done included. */
  readonly remembered: number
  /** How long ago the oldest item was submitted that waits for a worker; 0 if there is none. */
  readonly oldestAge: number
  /** Most items that the queue takes, dead letters apart. */
  readonly maxItems: number
  /** Those that did not close. One that falls silent is forgotten in time. */
  readonly workers: readonly QueueWorker[]
}

/** One worker of a queue. */
export interface QueueWorker {
  /** What the transport knows it by. */
  readonly id: string
  /** Items that it holds. */
  readonly held: number
  /** Milliseconds since it was last heard of. */
  readonly silence: number
}

/** An item as `jitney queue` shows it. */
export interface QueuedItem {
  /** `client:sequence`. */
  readonly id: string
  /** The bytes that were submitted. */
  readonly body: Uint8Array
  /** How many attempts there were. */
  readonly attempts: number
  /** Milliseconds since it was submitted. */
  readonly age: number
}

/** An item that was given up. */
export interface DeadLetter extends QueuedItem {
  /** Milliseconds since it was given up. */
  readonly age: number
  /** Why it was given up, in words. */
  readonly reason: string
}
