import { writeFile } from 'node:fs/promises'
import type { BatcherOptions } from 'jitney'
import { StartError } from '../errors.ts'
import type { Item } from '../map/item.ts'
import { loadModule } from '../module/load-module.ts'
import { FailureLog } from '../server/failure-log.ts'
import { Terminal } from '../terminal/terminal.ts'
import { ExampleItems } from '../tune/example-items.ts'
import { Exploration } from '../tune/exploration.ts'
import { type Report, reportOf } from '../tune/findings.ts'
import { htmlReport } from '../tune/html-report.ts'
import { ModuleProbe } from '../tune/module-probe.ts'
import { checkPage } from '../tune/check-page.ts'
import type { Probe } from '../tune/probe.ts'
import { readItems } from '../tune/read-items.ts'
import { readTuneModule } from '../tune/read-tune-module.ts'
import type { Settings } from '../tune/simulate-load.ts'
import { textReport } from '../tune/text-report.ts'
import { TuneProgress } from '../tune/tune-progress.ts'
import { UrlProbe } from '../tune/url-probe.ts'
import { version } from '../version.ts'
import { listenToStopSignals } from './stop-signals.ts'
import { surviveErrors } from './survive-errors.ts'
import { readTuneArguments, type TuneArguments } from './tune-arguments.ts'

/** What is measured, and what its module says of it. */
interface Plan {
  readonly probe: Probe
  readonly maxBatchSize: number
  readonly own: Partial<Settings> | undefined
  readonly notices: readonly string[]
}

/** Largest batch that is tried, if nobody says another one. */
const largestBatch = 1024
/** Milliseconds; nobody presses Ctrl+C twice in this time. */
const signalEcho = 50
const exitCodes: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143 }

/** Runs `jitney tune` to its end; resolves to the exit code. */
export async function tune(argv: readonly string[]): Promise<number> {
  const args = readTuneArguments(argv)
  if (args.page !== undefined) await checkPage(args.page)
  const { probe, maxBatchSize, own, notices } = await createPlan(args)
  const terminal = new Terminal(process.stderr)
  const signals = listenToStopSignals(signalEcho)
  const endSurvival = surviveErrors(new FailureLog((text) => terminal.line(text)))
  const stopping = new AbortController()
  const { time, maxConcurrency, goal } = args
  const exploration = new Exploration({
    probe,
    clock: performance,
    signal: stopping.signal,
    maxBatchSize,
    maxConcurrency,
    time,
    longestBatch: goal.kind === 'p95' ? goal.limit : Infinity,
    onCell: (cell) => progress.show(cell),
  })
  const progress = new TuneProgress(terminal, exploration, time)
  try {
    // What runs when a signal comes is not waited for: it may take long, or for ever.
    const stoppedBy = await Promise.race([exploration.run(), signals.first])
    stopping.abort()
    progress.end()
    const subject = args.subject.kind === 'url' ? args.subject.text : args.subject.file
    const isComplete = stoppedBy === undefined
    const told = { subject, version, isComplete, goal, time, own, notices }
    await print(reportOf(exploration, told), args)
    return stoppedBy === undefined ? 0 : exitCodes[stoppedBy]!
  } finally {
    progress.end()
    probe.close()
    endSurvival()
    signals.release()
  }
}

async function print(report: Report, { isJson, page }: TuneArguments): Promise<void> {
  // Without a screen in between: what is read by programs may be large.
  const lines = isJson ? [JSON.stringify(report, undefined, 2)] : textReport(report)
  process.stdout.write(`${lines.join('\n')}\n`)
  if (page === undefined || report.cells.length === 0) return
  await writeFile(page, htmlReport(report))
  if (!isJson) process.stdout.write(`The charts: ${page}\n`)
}

async function createPlan(args: TuneArguments): Promise<Plan> {
  const { subject, timeout, maxConcurrency: concurrency } = args
  const given = args.items === undefined ? undefined : await readItems(args.items)
  if (subject.kind === 'url') {
    const items = new ExampleItems((given ?? []).map(itemOf))
    const { url, headers } = subject
    const probe = new UrlProbe({ url, headers, items, concurrency, timeout, clock: performance })
    return { probe, maxBatchSize: args.maxBatchSize ?? largestBatch, own: undefined, notices: [] }
  }
  const { file, exportName } = subject
  const { batchFunction, options, examples } = readTuneModule(
    file,
    await loadModule(file),
    exportName,
  )
  const all = given ?? examples ?? []
  if (all.length === 0) {
    throw new StartError(
      `Cannot tune ${file}: expected example items, by --items FILE or as defineBatch(fn, options, { examples }), received none`,
    )
  }
  const { batchKey } = options
  const items = ofOneKey(all, batchKey)
  const bound = options.maxBatchSize ?? Infinity
  return {
    probe: new ModuleProbe({
      batchFunction,
      items: new ExampleItems(items),
      timeout,
      batchKey,
      clock: performance,
    }),
    maxBatchSize: args.maxBatchSize ?? (bound === Infinity ? largestBatch : bound),
    own: ownSettings(options),
    notices:
      items.length < all.length
        ? [`Measured with the ${items.length} of ${all.length} items that share a batchKey.`]
        : [],
  }
}

/** Those that may ride together with the first. */
function ofOneKey(
  items: readonly unknown[],
  batchKey: BatcherOptions['batchKey'],
): readonly unknown[] {
  if (batchKey === undefined) return items
  const key = batchKey(items[0])
  return items.filter((item) => Object.is(batchKey(item), key))
}

function ownSettings(options: BatcherOptions): Partial<Settings> | undefined {
  const { maxBatchSize, maxQueueTime, concurrency: slots } = options
  const concurrency = typeof slots === 'object' ? slots.capacity : slots
  const own = Object.entries({ maxBatchSize, maxQueueTime, concurrency }).filter(
    ([, value]) => value !== undefined,
  )
  return own.length === 0 ? undefined : (Object.fromEntries(own) as Partial<Settings>)
}

function itemOf(value: unknown, index: number): Item {
  const json = JSON.stringify(value)
  return { index, text: json, json, value }
}
