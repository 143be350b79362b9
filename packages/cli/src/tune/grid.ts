import type { Cell } from './cell.ts'
import { sum } from './estimate.ts'

interface Point {
  readonly x: number
  readonly y: number
}

/**
 * What is known of sizes and concurrencies from the cells that were measured: between them in a
 * straight line, and beyond them as at the last one.
 */
export class Grid {
  readonly cells: readonly Cell[]
  /** A line over the sizes for each concurrency. */
  readonly #rows: readonly { readonly x: number; readonly points: readonly Point[] }[]
  /** How far the durations were from those of their cell, as a part of them; and on average. */
  readonly #scatter: readonly number[]
  readonly #usual: number

  /** @param rows cells of the same sizes for each concurrency, at least one. */
  constructor(rows: readonly (readonly Cell[])[]) {
    this.cells = rows.flat()
    this.#rows = rows.map((row) => ({
      x: row[0]!.concurrency,
      points: row.map(({ size, slotTime }) => ({ x: size, y: slotTime.value })),
    }))
    this.#scatter = this.cells.flatMap(({ held, slotTime }) =>
      held.map((each) => each / Math.max(slotTime.value, Number.MIN_VALUE)),
    )
    this.#usual = sum(this.#scatter) / this.#scatter.length
  }

  get largestSize(): number {
    return Math.max(...this.cells.map(({ size }) => size))
  }

  get mostConcurrency(): number {
    return Math.max(...this.cells.map(({ concurrency }) => concurrency))
  }

  /** Milliseconds that a batch takes which begins as one of so many, scattered as they were. */
  timeOf(size: number, active: number, random: () => number): number {
    return (
      this.#steadyTimeOf(size, active) * this.#scatter[Math.floor(random() * this.#scatter.length)]!
    )
  }

  /** Items per second with all slots taken. */
  capacityOf(size: number, concurrency: number): number {
    return (1000 * size * concurrency) / (this.#steadyTimeOf(size, concurrency) * this.#usual)
  }

  #steadyTimeOf(size: number, active: number): number {
    const column = this.#rows.map(({ x, points }) => ({ x, y: interpolate(points, size) }))
    return interpolate(column, active)
  }
}

function interpolate(points: readonly Point[], x: number): number {
  let before = points[0]!
  for (const point of points) {
    if (x <= point.x) {
      const share = point === before ? 0 : (x - before.x) / (point.x - before.x)
      return before.y + (point.y - before.y) * share
    }
    before = point
  }
  return before.y
}
