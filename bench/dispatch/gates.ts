import { type Backend } from './backend.ts'
import type { Loop } from './closed-loop.ts'
import { arrivalsOf, backends, loads } from './grid.ts'
import {
  type Cell,
  type Effort,
  measureClosed,
  measureLoneCaller,
  measureOpen,
  measureOverload,
  measureStep,
  nameOf,
} from './measure.ts'
import type { RateCell } from './rates.ts'

export interface Gate {
  readonly name: string
  readonly allowed: string
  readonly figure: number
  readonly passed: boolean
  /** The cell with the worst figure. */
  readonly worst?: string | undefined
}

/** Backends that are not as the model says. */
export const variations: Readonly<Record<string, Partial<Backend>>> = {
  exact: {},
  noise: { noise: 0.3 },
  outliers: { outliers: 0.01 },
  'shared processor': { isShared: true },
}

export function measureGrid(variation: Partial<Backend>, seed: number, effort: Effort): Cell[] {
  let next = seed
  return backends.flatMap((plain) => {
    const backend = { ...plain, ...variation }
    return arrivalsOf(backend).flatMap((kind) =>
      loads.map((load) => measureOpen(backend, kind, load, (next += 1), effort)),
    )
  })
}

export function measureLoops(seed: number, effort: Effort): Cell[] {
  let next = seed
  return backends.flatMap((backend) =>
    loopsOf(backend).map((loop) => measureClosed(backend, loop, (next += 1), effort)),
  )
}

function loopsOf({ a }: Backend): Loop[] {
  const loops: Loop[] = []
  for (const callers of [2, 16, 256]) {
    loops.push(
      { callers, think: 0, thinking: 'fixed', fanOut: 1 },
      { callers, think: a, thinking: 'fixed', fanOut: 1 },
      { callers, think: a, thinking: 'exponential', fanOut: 1 },
    )
  }
  for (const callers of [1, 4, 16])
    loops.push({ callers, think: a, thinking: 'exponential', fanOut: 20 })
  return loops
}

/** The gates of latency, for the figures of one policy. */
export function gatesOf(cells: readonly Cell[], of: 'given' | 'learned' | 'atOnce'): Gate[] {
  const toBest = ratios(cells, (cell) => cell[of] / cell.best)
  const toOnce = ratios(cells, (cell) => cell[of] / cell.atOnce)
  return [
    gate('latency over the best window, average', average(toBest), 1.02),
    gate('latency over the best window, 90th percentile', at(toBest, 0.9).ratio, 1.06),
    gate('latency over the best window, worst', at(toBest, 1).ratio, 1.2, at(toBest, 1).name),
    gate('latency over leaving at once, average', average(toOnce), 0.97),
    gate(
      'latency over leaving at once, worst (a goal)',
      at(toOnce, 1).ratio,
      1.06,
      at(toOnce, 1).name,
    ),
  ]
}

export function loopGates(cells: readonly Cell[]): Gate[] {
  const lone = Math.max(...backends.map((backend) => measureLoneCaller(backend)))
  const sorted = ratios(cells, (cell) => -cell.learned / cell.best)
  const { ratio, name } = at(sorted, 1)
  return [
    gate('one caller in a closed loop, latency over a call', lone, 1 + 1e-9),
    floor('throughput of closed loops over the best window', -ratio, 0.98, name),
  ]
}

export function overloadGate(seed: number, effort: Effort): Gate {
  const served = backends.map((backend, index) => ({
    name: nameOf(backend),
    ratio: measureOverload(backend, seed + index, effort),
  }))
  const worst = served.toSorted((one, other) => one.ratio - other.ratio)[0]
  return floor('overload at 1.2, part of the capacity', worst?.ratio ?? 0, 0.95, worst?.name)
}

/** What is not required, but worth knowing. */
export function rateFigures(cells: readonly RateCell[]): Gate[] {
  return (['paced', 'atOnce'] as const).flatMap((of) => {
    const figure = (name: string, few: readonly RateCell[]): Gate => {
      const sorted = ratios(few, (cell) => cell[of] / cell.best)
      const worst = at(sorted, 1)
      return gate(
        `${of}: ${name}, average ${average(sorted).toFixed(2)}, worst`,
        worst.ratio,
        Infinity,
        worst.name,
      )
    }
    return [
      figure(
        'up to 0.6 items a call',
        cells.filter(({ load }) => load <= 0.6),
      ),
      figure(
        'more items',
        cells.filter(({ load }) => load > 0.6),
      ),
    ]
  })
}

export function stepGate(seed: number): Gate {
  const errors = backends.flatMap((backend, index) =>
    [0.5, 2, 4].flatMap((factor) =>
      [0.1, 0.3, 0.7].map((load) => ({
        name: `${nameOf(backend)}; times ${factor}, ${load * 100} %`,
        ratio: measureStep(backend, factor, load, seed + index),
      })),
    ),
  )
  const worst = errors.toSorted((one, other) => other.ratio - one.ratio)[0]
  return gate('error of durations, 50 batches after a step', worst?.ratio ?? 1, 0.05, worst?.name)
}

interface Ratio {
  readonly name: string
  readonly ratio: number
}

function ratios<Of extends { readonly name: string }>(
  cells: readonly Of[],
  of: (cell: Of) => number,
): Ratio[] {
  return cells
    .map((cell) => ({ name: cell.name, ratio: of(cell) }))
    .toSorted((one, other) => one.ratio - other.ratio)
}

function at(sorted: readonly Ratio[], part: number): Ratio {
  return sorted[Math.ceil(sorted.length * part) - 1] as Ratio
}

function average(sorted: readonly Ratio[]): number {
  return sorted.reduce((sum, { ratio }) => sum + ratio, 0) / sorted.length
}

function gate(name: string, figure: number, most: number, worst?: string): Gate {
  return { name, figure, allowed: `<= ${Number(most.toFixed(3))}`, passed: figure <= most, worst }
}

function floor(name: string, figure: number, least: number, worst?: string): Gate {
  return { name, figure, allowed: `>= ${least}`, passed: figure >= least, worst }
}
