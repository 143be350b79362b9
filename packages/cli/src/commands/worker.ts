import type { BatchWorker } from 'jitney/remote'
import { StartError } from '../errors.ts'
import type { FunctionRoute } from '../kinds/route.ts'
import { loadModule } from '../module/load-module.ts'
import { readRoutes } from '../module/read-routes.ts'
import { openTransport } from '../queues/open-transport.ts'
import { startWorker } from '../queues/start-worker.ts'
import { TransportComplaints } from '../queues/transport-complaints.ts'
import { workLine } from '../queues/work-line.ts'
import { FailureLog } from '../server/failure-log.ts'
import { within } from '../server/within.ts'
import { Terminal } from '../terminal/terminal.ts'
import { TrafficLine } from '../terminal/traffic-line.ts'
import { listenToStopSignals } from './stop-signals.ts'
import { surviveErrors } from './survive-errors.ts'
import { readWorkerArguments, type WorkerArguments } from './worker-arguments.ts'

/** How long the queue may take to hear of what was aborted, in milliseconds. */
const farewell = 2500

/** Runs `jitney worker` until a signal stops it; resolves to the exit code. */
export async function runWorker(argv: readonly string[]): Promise<number> {
  const given = readWorkerArguments(argv)
  const functions = queuesOf(given, readRoutes(given.file, await loadModule(given.file)))
  const { transport, close } = openTransport(given.sqlite)
  const screen = new Terminal(process.stdout)
  const errors = process.stderr.isTTY ? screen : new Terminal(process.stderr)
  const failures = new FailureLog((text) => errors.line(text))
  const complaints = new TransportComplaints((text) => errors.line(text))
  const workers: BatchWorker<unknown>[] = []
  const text = (): string => workLine(workers.map((worker) => worker.stats()))
  const line = new TrafficLine(screen, text)
  const signals = listenToStopSignals(50)
  const endSurvival = surviveErrors(failures)
  try {
    for (const each of functions) {
      workers.push(
        startWorker(each.name, each, given.overrides, transport, {
          onBatch: () => line.changed(),
          onFailure: (error) => failures.report(`A batch of ${each.name} failed`, error),
          onError: (error) => complaints.report(error),
        }),
      )
    }
    for (const { name, id } of workers) screen.line(`Working on ${name} as ${id}`)
    const name = await signals.first
    screen.line(`Stopping (${name}): what runs is finished, another signal aborts`)
    const closed = Promise.all(workers.map((worker) => worker.close()))
    const complete = await within(closed, given.closeTimeout, signals.second)
    if (!complete) {
      for (const worker of workers) worker.abort(new Error('The worker was stopped'))
      await within(closed, farewell)
    }
    line.end()
    const end = complete ? '' : '; what was still running was aborted, and goes to other workers'
    screen.line(`Stopped after ${text()}${end}`)
    return complete ? 0 : 1
  } finally {
    // Of those that began before another could not.
    for (const worker of workers) worker.abort()
    await within(close(), farewell)
    endSurvival()
    signals.release()
  }
}

/** The functions, each by the name of its queue. */
function queuesOf(
  { file, queue }: WorkerArguments,
  functions: readonly FunctionRoute[],
): readonly FunctionRoute[] {
  const [first, ...others] = functions
  if (queue === undefined || first === undefined) return functions
  if (others.length > 0) {
    const names = functions.map(({ name }) => name).join(', ')
    throw new StartError(
      `Cannot work on ${queue}: ${file} has several batch functions, ${names}, each for the queue of its name; --queue takes a module with one`,
    )
  }
  return [{ ...first, name: queue }]
}
