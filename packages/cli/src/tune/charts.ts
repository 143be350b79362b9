import type { CellReport, Report } from './findings.ts'
import { nameOf } from './words.ts'

interface Axis {
  readonly label: string
  /** The base of its logarithm; linear from 0 without. */
  readonly log?: 2 | 10
}

/** One chart of the page, as its script reads it. */
export interface Chart {
  /** The element that it is drawn into. */
  readonly id: string
  readonly title: string
  readonly about: string
  readonly x: Axis
  readonly y: Axis
  readonly points: readonly number[]
  readonly series: readonly Series[]
}

interface Series {
  readonly name: string
  /** Which of the page's colors. */
  readonly color: number
  readonly values: readonly (number | null)[]
  readonly isDashed?: boolean
  /** Two that follow each other, both hidden, are the lower and upper bound of a band. */
  readonly isHidden?: boolean
}

/** Lines that can be told apart. */
const mostLines = 6

/** What is drawn of a report. */
export function chartsOf(report: Report): readonly Chart[] {
  const { cells, verdicts, loads } = report
  const alone = cells.filter(({ concurrency }) => concurrency === 1)
  const sizes = alone.map(({ size }) => size)
  return [
    durations(report, alone, sizes),
    {
      id: 'throughput',
      title: 'What they do',
      about: 'Items per second with all slots taken, for each number of batches at once.',
      x: { label: 'items in a batch', log: 2 },
      y: { label: 'items/s' },
      points: sizes,
      series: shown([...new Set(cells.map(({ concurrency }) => concurrency))]).map(
        (concurrency, color) => ({
          name: `${concurrency} at once`,
          color,
          values: cells
            .filter((cell) => cell.concurrency === concurrency)
            .map(({ itemsPerSecond }) => itemsPerSecond.value),
        }),
      ),
    },
    {
      id: 'latency',
      title: 'Latency under load',
      about:
        'Simulated from what was measured, for items that come at random; a line ends where the ' +
        'batcher cannot keep up. Dashed: 95 % are within.',
      x: { label: 'items/s that come' },
      y: { label: 'ms', log: 10 },
      points: loads.map(({ rate }) => rate),
      series: verdicts.flatMap(({ name }, index) => [
        {
          name: `${nameOf(name)}, mean`,
          color: index,
          values: loads.map(({ latencies }) => latencies[index]?.mean ?? null),
        },
        {
          name: `${nameOf(name)}, 95 %`,
          color: index,
          values: loads.map(({ latencies }) => latencies[index]?.p95 ?? null),
          isDashed: true,
        },
      ]),
    },
  ]
}

function durations(
  { cost }: Report,
  alone: readonly CellReport[],
  sizes: readonly number[],
): Chart {
  return {
    id: 'durations',
    title: 'What a batch takes',
    about:
      'The median of batches that run alone; the band holds the true one with 95 % confidence.',
    x: { label: 'items in a batch', log: 2 },
    y: { label: 'ms', log: 10 },
    points: sizes,
    series: [
      { name: 'measured', color: 0, values: alone.map(({ duration }) => duration.value) },
      ...(cost === undefined
        ? []
        : [
            {
              name: 'a + b * n',
              color: 1,
              values: sizes.map((n) => cost.a + cost.b * n),
              isDashed: true,
            },
          ]),
      hidden(
        'at least',
        alone.map(({ duration }) => duration.low),
      ),
      hidden(
        'at most',
        alone.map(({ duration }) => duration.high),
      ),
    ],
  }
}

function hidden(name: string, values: readonly number[]): Series {
  return { name, color: 0, values, isHidden: true }
}

/** The first, the last, and as many of the others as there are colors for. */
function shown(concurrencies: readonly number[]): readonly number[] {
  return concurrencies.length <= mostLines
    ? concurrencies
    : [...concurrencies.slice(0, mostLines - 1), concurrencies.at(-1)!]
}
