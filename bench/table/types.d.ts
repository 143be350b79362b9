import type { Effort, Summary } from '../harness/types.js'

/** What one contestant came to: the figure of each round, and the median and range of them. */
export interface Figures extends Summary {
  readonly rounds: readonly number[]
}

/** Ours or a peer. */
export interface Entry {
  readonly name: string
  /** Missing where it was skipped. */
  readonly figures?: Figures
  /** Why it was not measured. */
  readonly skipped?: string
}

/** An absolute time or size, which moves with the machine. */
export interface Cost {
  readonly value: number
  readonly unit: string
}

export type Verdict = 'met' | 'missed' | 'reported only' | 'skipped'

/** One line of the table: one figure of ours, and whether it keeps its budget. */
export interface Row {
  readonly what: string
  /** What the figure is: `CPU per item over the floor`. */
  readonly figure: string
  /** Empty for a ratio. */
  readonly unit: string
  readonly floor?: { readonly what: string; readonly cost?: Cost }
  readonly ours?: Entry & { readonly cost?: Cost }
  readonly peers?: readonly Entry[]
  /** A bound in words: `<= 1.15`. */
  readonly budget?: string
  readonly verdict: Verdict
  /** Why it was skipped, or what else there is to know. */
  readonly note?: string
}

/** A row as it is kept: with the budget that it came from, and when and how busy it was measured. */
export interface KeptRow extends Row {
  readonly section: string
  readonly name: string
  readonly date: string
  /** Measured with `--quick`. */
  readonly quick?: true
  /** Load average of the machine over the minute before the end of the measurement. */
  readonly load: number
}

/** How much time a run takes for a budget. */
export interface Thoroughness {
  readonly quick: boolean
  readonly rounds: number
  readonly effort: Effort
  report(progress: string): void
}

/** Something that has to be kept, and how it is measured. */
export interface Budget {
  /** What the command line calls it. */
  readonly name: string
  /** Said where it has no rows, as it was skipped. */
  readonly title: string
  /** Why it cannot be measured here. */
  missing?(thoroughness: Thoroughness): string | undefined
  measure(thoroughness: Thoroughness): Promise<readonly Row[]>
}

/** What figures depend on. */
export interface Environment {
  readonly date: string
  readonly node: string
  readonly cpu: string
  readonly cores: number
  readonly platform: string
  readonly memoryGigabytes: number
  readonly packages: Readonly<Record<string, string>>
  readonly python: Readonly<Record<string, string>>
}

/** What a run leaves in `results/`. */
export interface Results {
  readonly environment: Environment
  readonly rows: readonly KeptRow[]
}
