import { setFlagsFromString } from 'node:v8'
import { RunError } from '../errors.ts'
import { createJob } from '../map/create-job.ts'
import { openFilesWarning } from '../map/open-files.ts'
import { openOutput } from '../map/open-output.ts'
import { Run } from '../map/run.ts'
import { FailureLog } from '../server/failure-log.ts'
import { Terminal } from '../terminal/terminal.ts'
import { readMapArguments } from './map-arguments.ts'
import { listenToStopSignals, stoppingOrHangup } from './stop-signals.ts'
import { surviveErrors } from './survive-errors.ts'

/** Milliseconds; nobody presses Ctrl+C twice in this time. */
const signalEcho = 50

/**
 * The heap may grow by so much before old garbage is collected. By itself V8 lets it grow several
 * times over: measured with 1000 requests at once, a third less memory for the same rate.
 */
const smallHeap = '--heap-growing-percent=60'

/** Runs `jitney map` to its end; resolves to the exit code. */
export async function map(argv: readonly string[]): Promise<number> {
  const args = readMapArguments(argv)
  setFlagsFromString(smallHeap)
  const plan = await createJob(args)
  const opened = await openOutput(args)
  const terminal = new Terminal(process.stderr)
  const warning = openFilesWarning(plan.concurrency, plan.filesEach)
  if (warning !== undefined) terminal.line(warning)
  if (process.stdin.isTTY) terminal.line('Reading items from the terminal, one a line; Ctrl+D ends')
  const signals = listenToStopSignals(signalEcho, stoppingOrHangup)
  const endSurvival = surviveErrors(new FailureLog((text) => terminal.line(text)))
  try {
    const run = new Run(args, plan, opened, terminal)
    const stall = (): void => run.stall()
    process.on('beforeExit', stall)
    process.on('exit', complain)
    void signals.first.then((name) => run.stop(name))
    signals.second.addEventListener('abort', () => {
      run.abort()
      signals.release()
    })
    return await run.toEnd().finally(() => {
      process.off('beforeExit', stall)
      process.off('exit', complain)
    })
  } finally {
    endSurvival()
    signals.release()
  }
}

/** The process ends before the run does. */
function complain(): void {
  const { exitCode, message } = new RunError('Cannot go on: the module ended the process')
  process.exitCode = exitCode
  console.error(message)
}
