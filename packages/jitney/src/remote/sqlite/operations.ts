import * as admin from './admin-steps.ts'
import * as client from './client-steps.ts'
import type { Tables } from './tables.ts'
import * as worker from './worker-steps.ts'

type Steps = typeof admin & typeof client & typeof worker

/** All that can be done in a transaction, by name. */
const steps: Steps = { ...admin, ...client, ...worker }

export type StepName = keyof Steps

/** A call of a step, as it is sent to the thread. */
export interface Operation<Name extends StepName = StepName> {
  readonly name: Name
  readonly values: ValuesOf<Name>
}

export type ValuesOf<Name extends StepName> =
  Parameters<Steps[Name]> extends [Tables, ...infer Values] ? Values : never

/** What a step gives, once its transaction is on the disk. */
export type ResultOf<Name extends StepName> = ReturnType<Steps[Name]>

export function perform(tables: Tables, { name, values }: Operation): unknown {
  const step = steps[name] as (tables: Tables, ...values: readonly unknown[]) => unknown
  return step(tables, ...values)
}
