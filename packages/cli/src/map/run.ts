import { setMaxListeners } from 'node:events'
import { constants } from 'node:os'
import { asCompleted, mapIterable } from 'jitney'
import { ClosedPipeError, RunError } from '../errors.ts'
import { printable } from '../terminal/printable.ts'
import { ProgressLine } from '../terminal/progress-line.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { Attempts } from './attempts.ts'
import type { Plan } from './create-job.ts'
import { Gate } from './gate.ts'
import { Input } from './input.ts'
import { inputSize } from './input-size.ts'
import { fingerprint, type OpenedOutput } from './open-output.ts'
import { Output } from './output.ts'
import { unfinished } from './stopped.ts'
import { summarize } from './summary.ts'
import { Tally } from './tally.ts'
import { work } from './worker.ts'
import type { MapSettings } from './settings.ts'

/**
 * One run of `jitney map`: the input, the job, the output, and how they end.
 *
 * - `stop` begins nothing new, and finishes what is in flight. What waits for another attempt, or
 *   for its turn under a rate, is not in flight: it is left undone.
 * - `abort`, and an output that cannot be written, end at once. What is not written is undone.
 */
export class Run {
  readonly #args: MapSettings
  readonly #plan: Plan
  readonly #terminal: Terminal
  readonly #output: Output
  readonly #input: Input
  readonly #attempts: Attempts
  readonly #tally: Tally
  readonly #progress: ProgressLine
  readonly #stopping = new AbortController()
  readonly #aborting = new AbortController()
  readonly #isResumable: boolean
  /** The signal that stopped it. */
  #stoppedBy: NodeJS.Signals | undefined
  /** Why the output could not be written. */
  #failure: Error | undefined
  /** Items were read that are not done. */
  #isIncomplete = false

  constructor(args: MapSettings, plan: Plan, opened: OpenedOutput, terminal: Terminal) {
    this.#args = args
    this.#plan = plan
    this.#isResumable = opened.journal !== undefined
    this.#terminal = terminal
    // Whatever waits listens to it, in any number.
    setMaxListeners(0, this.#stopping.signal)
    this.#tally = new Tally(({ index, error }) => {
      terminal.line(`Item ${index} failed: ${printable(error.message)}`)
    })
    this.#tally.failedBefore = opened.failed
    this.#output = this.#createOutput(opened)
    this.#input = this.#createInput(opened)
    this.#attempts = new Attempts({
      job: plan.job,
      gate: new Gate(args.rate),
      retries: args.retries,
      timeout: plan.timeout,
      maxRetryDelay: args.maxRetryDelay,
      stopping: this.#stopping.signal,
    })
    this.#progress = new ProgressLine(terminal, () => this.#tally, inputSize())
  }

  /** Resolves to the exit code. Rejects if the input or the output failed. */
  async toEnd(): Promise<number> {
    const start = performance.now()
    const redraw = (): void => {
      this.#progress.redraw()
    }
    if (this.#terminal.isScreen) process.stderr.on('resize', redraw)
    this.#progress.start()
    let failure: Error | undefined
    try {
      await Promise.race([this.#work(), rejection(this.#aborting.signal)])
    } catch (error) {
      failure = error as Error
    }
    this.#plan.job.abort()
    this.#input.stop()
    await this.#output.flush()
    failure ??= this.#failure
    const isComplete = failure === undefined && this.#stoppedBy === undefined && !this.#isIncomplete
    await this.#output.close(isComplete)
    process.stderr.off('resize', redraw)
    this.#progress.end()
    this.#report(isComplete, performance.now() - start)
    return this.#exitCode(failure)
  }

  stop(signal: NodeJS.Signals): void {
    this.#stoppedBy = signal
    this.#terminal.line(
      `Stopping (${signal}): what is in flight is finished, another signal aborts it`,
    )
    this.#stopping.abort()
    this.#input.stop()
  }

  abort(): void {
    this.#end(new Error('aborted'))
  }

  /** Nothing can happen any more, and it has not ended. */
  stall(): void {
    this.#end(new RunError('Cannot go on: the module waits for what can never happen'))
  }

  #end(reason: Error): void {
    this.#isIncomplete = true
    this.#stopping.abort()
    this.#aborting.abort(reason)
  }

  async #work(): Promise<void> {
    const { isOrdered, format } = this.#args
    const map = isOrdered ? mapIterable : asCompleted
    const results = map(this.#input.units(), (unit) => work(unit, format, this.#attempts), {
      concurrency: this.#plan.concurrency,
    })
    for await (const finished of results) {
      // What was aborted looks like a failure, and is none.
      if (this.#aborting.signal.aborted) break
      if (finished !== unfinished) await this.#output.add(finished)
      else {
        this.#isIncomplete = true
        // What comes behind cannot be written in order.
        if (isOrdered) break
      }
    }
  }

  #createOutput({ results, errors, journal, done, failed, isOrdered }: OpenedOutput): Output {
    const isOnScreen =
      this.#args.output === undefined && process.stdout.isTTY && this.#terminal.isScreen
    const nothing = (): void => {}
    return new Output({
      results,
      errors,
      journal,
      done,
      failed,
      isOrdered,
      format: this.#args.format,
      onWritten: (finished) => {
        this.#tally.add(finished)
      },
      onFailure: (error) => {
        this.#failure = error as Error
        this.#end(error as Error)
      },
      beforeWrite: isOnScreen ? () => this.#terminal.hide() : nothing,
      afterWrite: isOnScreen ? () => this.#terminal.show() : nothing,
    })
  }

  #createInput({ done, firstLine }: OpenedOutput): Input {
    return new Input(process.stdin, {
      maxLineSize: this.#args.maxLineSize,
      batchSize: this.#plan.unitSize,
      done,
      onFirst: (line) => {
        const print = fingerprint(line)
        if (firstLine !== undefined && firstLine !== print) {
          throw new RunError(
            `Cannot resume ${this.#args.output}: it was written from another input, whose first line differs`,
          )
        }
        this.#output.firstLine = print
      },
      onSkipped: (bytes) => {
        this.#tally.skip(bytes)
      },
    })
  }

  #report(isComplete: boolean, milliseconds: number): void {
    const verb = isComplete ? 'Done' : 'Stopped'
    for (const line of summarize(this.#tally, verb, milliseconds)) this.#terminal.line(line)
    if (this.#args.retries === 0 && this.#tally.kinds.some(({ error }) => error.isRetryable)) {
      this.#terminal.line('Another attempt may help: --retry TIMES')
    }
    if (!isComplete) this.#terminal.line(this.#howToGoOn())
  }

  #howToGoOn(): string {
    const { mode, isOrdered } = this.#args
    if (this.#isResumable) {
      const flag = mode === 'resume' ? '' : ' and --resume'
      return `To go on, run it again with the same input${flag}`
    }
    const hint = 'with --output FILE there is --resume'
    const next = this.#tally.done + 1
    return isOrdered && next > 1
      ? `To go on, skip the lines that are done: tail -n +${next}; ${hint}`
      : `It cannot go on from here: ${hint}`
  }

  #exitCode(failure: Error | undefined): number {
    if (failure instanceof RunError || failure instanceof ClosedPipeError) throw failure
    if (this.#stoppedBy !== undefined) return 128 + constants.signals[this.#stoppedBy]
    if (failure !== undefined) throw failure
    return this.#tally.failed + this.#tally.failedBefore > 0 ? 1 : 0
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error)
    })
  })
}
