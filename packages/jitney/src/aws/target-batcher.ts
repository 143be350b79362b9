import type { Batcher } from '../batcher/batcher.ts'
import { readOptions } from '../integration/options.ts'
import type { Guard } from '../platform/guards.ts'
import type { AwsLimits } from './limits.ts'
import { awsGuards, type AwsSettings } from './options.ts'
import type { Service } from './service.ts'
import { serviceBatcher } from './service-batcher.ts'

/** An operation on one thing that the options name: a queue, a topic, a stream. */
export interface Operation<Target, Item, Input, Result> {
  readonly limits: AwsLimits
  readonly target: { readonly [Name in keyof Target]: Guard<Target[Name]> }
  serviceOf(target: Target): Service<Item, Input, Result>
}

/** @param name of the public function, for errors. */
export function targetBatcher<Target extends object, Item, Input, Result>(
  name: string,
  { limits, target, serviceOf }: Operation<Target, Item, Input, Result>,
  client: unknown,
  options: object | undefined,
): Batcher<Item, Result> {
  const creating = `create ${name}`
  const guards = { ...awsGuards, ...target } as {
    readonly [Field in keyof (AwsSettings & Target)]: Guard<(AwsSettings & Target)[Field]>
  }
  const { own, rest } = readOptions<AwsSettings & Target, Item>(creating, guards, options)
  return serviceBatcher(creating, serviceOf(own), limits, client, own, rest)
}
