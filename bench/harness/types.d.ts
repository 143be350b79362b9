export type BatchFunction = (items: readonly number[]) => Promise<number[]>

/** How a caller hands over one item. */
export type Process = (
  item: number,
  options?: { signal?: AbortSignal; priority?: number },
) => Promise<number>

/** What every contestant exports as `create`. */
export type Create = (options: {
  batchFunction: BatchFunction
  maxBatchSize: number
  concurrency: number
  /** How many different keys the items have, where they have any. */
  keys?: number
}) => Process

/** What every way of calling exports as `loop`: asks again and again until `next` reaches `end`. */
export type Loop = (
  process: Process,
  state: { next: number; readonly end: number; wrong: number },
) => Promise<void>

/** What every way of calling exports as `burst`: asks for 0 to `count` - 1 in one turn. */
export type Burst = (process: Process, count: number) => Promise<number[]>

/** What a contestant exports that calls a function for each item of a source, so many at a time. */
export type CreateBounded = (options: {
  concurrency: number
}) => (source: Iterable<number>, fn: (item: number) => Promise<number>) => Promise<unknown>

/** What one exports besides that can bound calls that come from anywhere. */
export type CreateLimit = (
  concurrency: number,
) => (fn: (item: number) => Promise<number>, item: number) => Promise<number>

/** How long a child works, in CPU time where that is what it measures. */
export interface Effort {
  /** Enough for the optimizing compiler: after 250 ms jitney still looked a fifth dearer than it is. */
  readonly warmUpMilliseconds: number
  /** Repetitions stop here, but there are always two. */
  readonly measureMilliseconds: number
}

/** What one child measures: the names of files in `workloads/`, `contestants/` and `callers/`. */
export interface Measurement {
  readonly workload: string
  readonly contestant: string
  readonly caller?: string
  readonly parameters?: Readonly<Record<string, number | string>>
}

/** What every workload exports as `measure`. */
export type Workload = (task: {
  create: Create
  caller: { loop: Loop; burst: Burst }
  parameters: Readonly<Record<string, number>>
  effort: Effort
}) => Promise<Result>

/** The same of a workload about contestants that bound something. */
export type BoundedWorkload = (task: {
  create: CreateBounded
  createLimit: CreateLimit
  parameters: {
    readonly items?: number
    readonly concurrency?: number
    readonly longest?: number
    readonly task?: 'promise' | 'turn'
    readonly figure?: 'peak' | 'held' | 'wall' | 'ideal'
  }
  effort: Effort
}) => Promise<Result>

/** The same of programs that request a URL for each line of a file. Gives what they write to stderr. */
export type CommandWorkload = (task: {
  create: (options: { concurrency: number }) => (url: string, input: string) => Promise<string>
  parameters: Readonly<Record<string, number | string>>
}) => Promise<Result>

export type ThreadsWorkload = (task: {
  create: (options: {
    size: number
    items: readonly number[]
    maxBatchSize: number
  }) => Promise<() => Promise<void>>
  parameters: Readonly<Record<string, number | string>>
}) => Promise<Result>

/** The same of programs in Python, which get the parameters as flags. */
export type PythonWorkload = (task: {
  create: (
    parameters: Readonly<Record<string, number | string>>,
  ) => (script: string, input?: string) => Promise<Result>
  parameters: Readonly<Record<string, number | string>>
}) => Promise<Result>

/** What a child reports: numbers in the unit of the workload. */
export interface Result {
  /** What is compared. */
  readonly typical: number
  /** The tail, where the workload has one. */
  readonly p99?: number
  readonly repetitions: number
  /** Items in a batch, on average, where there are batches. */
  readonly batchSize?: number
}

/** One contestant against one reference. */
export interface Comparison {
  /** What the table calls it. */
  readonly name: string
  readonly contestant: Measurement
  readonly reference: Measurement
  /** What the figure must not pass, where `design/performance.md` sets a bound. */
  readonly budget?: number
  /** Why it cannot be measured here, if so. */
  readonly missing?: () => string | undefined
}

export interface Scenario {
  readonly name: string
  readonly title: string
  /** `ratio`: contestant over reference. `added`: contestant minus reference. */
  readonly figure: 'ratio' | 'added'
  readonly unit: string
  /** It takes long: it runs only when it is named. */
  readonly onRequest?: boolean
  readonly comparisons: readonly Comparison[]
}

/** One comparison after all its rounds. */
export interface Outcome {
  readonly scenario: string
  readonly name: string
  readonly contestant: Measurement
  readonly reference: Measurement
  readonly unit: string
  readonly figure: 'ratio' | 'added'
  readonly rounds: readonly { readonly contestant: Result; readonly reference: Result }[]
  readonly figures: Summary
  /** The same for the tail, where the workload has one. */
  readonly p99Figures?: Summary
  readonly budget?: number
  readonly withinBudget?: boolean
}

export interface Summary {
  readonly median: number
  readonly smallest: number
  readonly largest: number
}
