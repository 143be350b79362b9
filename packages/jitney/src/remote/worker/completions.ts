import { Batcher } from '../../batcher/constructor.ts'
import { retryForEver } from '../backoff.ts'
import { inTime } from '../in-time.ts'
import type { Completion, TransportWorker } from '../transport.ts'
import type { WorkerSettings } from './options.ts'

/** How long the queue may take to answer, in milliseconds, before it is told again. */
const patience = 10_000
/** Most bytes of one call, unless a single result may have more. */
const completionBytes = 4_194_304

/** Tells the queue how items ended, those of a batch in one call, until it has heard. */
export class Completions {
  readonly #batcher: Batcher<Completion, boolean>

  constructor(link: TransportWorker, { clock, maxResultBytes, onError }: WorkerSettings) {
    this.#batcher = new Batcher<Completion, boolean>(
      async (completions) => {
        try {
          return [...(await inTime(clock, patience, link.complete(completions)))]
        } catch (error) {
          onError(error)
          throw error
        }
      },
      {
        maxBatchSize: 1000,
        concurrency: 2,
        weight: {
          of: (completion) => ('body' in completion ? completion.body.byteLength : 0),
          max: Math.max(completionBytes, maxResultBytes * 2),
        },
        retry: retryForEver,
        clock,
      },
    )
  }

  /** Resolves to whether it counted; rejects only after `abort`. */
  add(completion: Completion): Promise<boolean> {
    return this.#batcher.process(completion)
  }

  abort(): void {
    this.#batcher.abort()
  }
}
