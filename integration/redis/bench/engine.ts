/** A queue over Redis, as the benchmark asks for it. Workers double numbers in batches of at most 100. */
export interface Engine {
  client(url: string): Promise<EngineClient>
  work(url: string, double: (numbers: number[]) => number[]): Promise<EngineWorker>
}

export interface EngineClient {
  /** Resolves to what a worker made of it. */
  readonly process: (number: number) => Promise<number>
  readonly close: () => Promise<void>
}

export interface EngineWorker {
  readonly close: () => Promise<void>
}

export type EngineName = 'jitney' | 'bullmq'

export const name = 'bench'
export const maxBatchSize = 100
export const concurrency = 4

/** Loads nothing of the other: what a process loads is part of what it costs. */
export async function load(engine: string): Promise<Engine> {
  const loaded = (await import(`./${engine}-engine.ts`)) as { engine: Engine }
  return loaded.engine
}
