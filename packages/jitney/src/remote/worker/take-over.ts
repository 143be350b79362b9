import { pause } from '../backoff.ts'
import { inTime } from '../in-time.ts'
import type { Claim, TransportWorker } from '../transport.ts'
import type { WorkerSettings } from './options.ts'

/** How long the queue may take to answer, in milliseconds: what it gave later is found again. */
const patience = 10_000

/** What a group has to itself while it runs. */
export interface Stage {
  /** Whether the queue has heard of all that is held. */
  isKnown(): boolean
  /** Lets no other batch start. */
  clear(): void
  /** Resolves when no batch runs. */
  quiet(): Promise<void>
  /** Works on items, until all have ended. */
  run(claims: readonly Claim[]): Promise<void>
  /** Lets others start again. */
  free(): void
}

/**
 * Looks each third of a lease for what other workers were lost with. It may be what killed them: it runs
 * while nothing else does, so that nothing else is suspected if this worker dies of it, and in groups
 * that shrink with each worker that is lost.
 */
export async function takeOver(
  link: TransportWorker,
  { clock, lease, maxBatchSize, onError }: WorkerSettings,
  signal: AbortSignal,
  stage: Stage,
): Promise<void> {
  const sizes = [Math.min(10, Math.ceil(Math.sqrt(maxBatchSize))), 1]
  while (!signal.aborted) {
    // Not all workers at once.
    await pause(clock, (lease / 3) * (0.75 + Math.random() / 4), signal)
    try {
      // What ended its lease while this process stood still is not to be taken from itself.
      while (!signal.aborted && stage.isKnown()) {
        const claims = await inTime(clock, patience, link.takeOver(sizes))
        if (claims.length === 0) break
        stage.clear()
        await quietOrLate(stage, clock, lease)
        await stage.run(claims)
      }
    } catch (error) {
      onError(error)
    }
    stage.free()
  }
}

/** A batch that hangs must not keep a group for ever. */
async function quietOrLate(
  stage: Stage,
  clock: WorkerSettings['clock'],
  lease: number,
): Promise<void> {
  const quiet = new AbortController()
  void stage.quiet().then(() => {
    quiet.abort()
  })
  await pause(clock, lease, quiet.signal)
}
