import { setImmediate } from 'node:timers/promises'
import type { Clock } from 'jitney'
import { StartError } from '../errors.ts'
import { messageOf } from '../map/thrown-error.ts'
import { Cell } from './cell.ts'
import { costOf } from './fit-cost.ts'
import { ladder } from './ladder.ts'
import { measure } from './measure.ts'
import type { Probe } from './probe.ts'

export interface ExplorationOptions {
  readonly probe: Probe
  readonly clock: Pick<Clock, 'now'>
  /** Ends it; what is known by then stays. */
  readonly signal: AbortSignal
  readonly maxBatchSize: number
  readonly maxConcurrency: number
  /** Milliseconds that it may take, about. */
  readonly time: number
  /** Milliseconds above which a batch is of no use. */
  readonly longestBatch: number
  /** Called with each cell that is about to be measured. */
  readonly onCell?: (cell: Cell) => void
}

/** Why no larger number was tried. */
export type End =
  | { readonly kind: 'bound' | 'gain' | 'time' | 'limit' }
  | { readonly kind: 'duration'; readonly duration: number }
  | { readonly kind: 'failure'; readonly at: number; readonly message: string }

/** Half of an interval, of the value, at which a cell is known well enough; and for the fit. */
const precision = 0.02
const finePrecision = 0.01
/** What throughput has to gain, so that it is worth trying more. */
const gain = 1.02
/** Cells whose throughput is this part of the best, or more, are measured precisely. */
const contender = 0.9
/** Parts of the time after which no new sizes, and no new concurrencies, are tried. */
const sizesShare = 0.5
const concurrencyShare = 0.8
/** A batch may take this part of the time. */
const batchShare = 1 / 50
/** Milliseconds that a slot runs batches at a stretch, and how many of them. */
const stretch = 100
const fewestPerSlot = 3
const mostPerSlot = 200

/**
 * Measures sizes from 1 upwards one batch at a time, then the same sizes with two, four and more
 * batches at once, then what needs more precision, until that is there or the time is up.
 *
 * Sizes end where a batch fails, takes too long, is of no use, or two sizes in a row gain nothing; concurrencies
 * where batches fail, or no size gains anything.
 */
export class Exploration {
  readonly cells: Cell[] = []
  sizesEnd: End | undefined
  concurrencyEnd: End | undefined
  readonly #options: ExplorationOptions
  readonly #start: number

  constructor(options: ExplorationOptions) {
    this.#options = options
    this.#start = options.clock.now()
  }

  /** Milliseconds since it began. */
  get elapsed(): number {
    return this.#options.clock.now() - this.#start
  }

  /** The cells of each concurrency that was measured with all sizes. */
  get rows(): readonly (readonly Cell[])[] {
    const rows = new Map<number, Cell[]>()
    for (const cell of this.cells.filter(({ isMeasured }) => isMeasured)) {
      const row = rows.get(cell.concurrency) ?? []
      rows.set(cell.concurrency, [...row, cell])
    }
    return [...rows.values()].filter(({ length }) => length === rows.get(1)?.length)
  }

  /** Rejects with a `StartError` if a single item fails. */
  async run(): Promise<void> {
    this.sizesEnd = await this.#growSizes()
    if (this.sizesEnd !== undefined) this.concurrencyEnd = await this.#growConcurrency()
    if (this.concurrencyEnd !== undefined) await this.#refine()
  }

  async #growSizes(): Promise<End | undefined> {
    let best = 0
    let gainless = 0
    for (const size of ladder(this.#options.maxBatchSize)) {
      if (size > 1 && this.#isOver(sizesShare)) return { kind: 'time' }
      const cell = await this.#begin(size, 1)
      if (this.#options.signal.aborted) return undefined
      if (!cell.isMeasured) return this.#failed(cell, size)
      gainless = this.#isGainless(cell, best) ? gainless + 1 : 0
      best = Math.max(best, cell.throughput.value)
      if (gainless === 2) return { kind: 'gain' }
      const duration = cell.duration.value
      if (duration > this.#options.longestBatch) return { kind: 'limit' }
      if (duration > this.#options.time * batchShare) return { kind: 'duration', duration }
    }
    return { kind: 'bound' }
  }

  async #growConcurrency(): Promise<End | undefined> {
    let before = this.rows[0] ?? []
    for (const concurrency of ladder(this.#options.maxConcurrency).slice(1)) {
      const row: Cell[] = []
      for (const { size } of before) {
        if (this.#isOver(concurrencyShare)) return { kind: 'time' }
        const cell = await this.#begin(size, concurrency)
        if (this.#options.signal.aborted) return undefined
        if (!cell.isMeasured) return this.#failed(cell, concurrency)
        row.push(cell)
      }
      const isWorth = row.some(
        ({ throughput }, index) => throughput.high > before[index]!.throughput.value * gain,
      )
      if (!isWorth) return { kind: 'gain' }
      before = row
    }
    return { kind: 'bound' }
  }

  /** What the fit and the choice rest on; the others need to be no better known. */
  async #refine(): Promise<void> {
    while (!this.#isOver(1)) {
      const cells = this.rows.flat()
      const best = Math.max(...cells.map(({ throughput }) => throughput.value))
      const open = cells.filter((cell) =>
        cell.concurrency === 1
          ? !cell.isSettled(finePrecision)
          : !cell.isSettled(precision) && cell.throughput.value >= best * contender,
      )
      // The same time for each: a turn of a large batch is worth hundreds of small ones.
      const [next] = open.toSorted((left, right) => left.spent - right.spent)
      if (next === undefined) return
      await this.#measure(next)
    }
  }

  async #begin(size: number, concurrency: number): Promise<Cell> {
    const cell = new Cell(size, concurrency)
    this.cells.push(cell)
    await this.#measure(cell)
    // Now that it is known how long they take.
    if (cell.isMeasured && !cell.isSettled(precision) && !this.#isOver(1)) await this.#measure(cell)
    return cell
  }

  async #measure(cell: Cell): Promise<void> {
    const { probe, clock, signal, onCell } = this.#options
    const { size, concurrency, durations } = cell
    onCell?.(cell)
    const usual = durations.length > 0 ? cell.duration.value : Infinity
    const perSlot = Math.min(mostPerSlot, Math.max(fewestPerSlot, Math.ceil(stretch / usual)))
    const measured = await measure({ probe, clock, signal, size, concurrency, perSlot })
    // What was cut short is no measurement.
    if (!signal.aborted) cell.add(measured)
    // A function that never waits would keep signals and the screen from their turn.
    await setImmediate()
  }

  /** Whether it certainly gains nothing, or neither seems to nor can by the fit of all sizes so far. */
  #isGainless({ size, throughput }: Cell, best: number): boolean {
    if (throughput.high < best * gain) return true
    const cost = costOf(this.rows)
    if (cost === undefined || throughput.value >= best * gain) return false
    const perItem = (items: number): number => cost.a / items + cost.b
    return perItem(size / 2) < perItem(size) * gain
  }

  #failed({ failure, size, concurrency }: Cell, at: number): End {
    const message = messageOf(failure)
    if (size === 1 && concurrency === 1) {
      throw new StartError(`Cannot tune: a batch of one item fails: ${message}`, { cause: failure })
    }
    return { kind: 'failure', at, message }
  }

  #isOver(share: number): boolean {
    return this.#options.signal.aborted || this.elapsed >= this.#options.time * share
  }
}
