import type { Batcher } from '../batcher/batcher.ts'
import type { PassedOptions } from '../integration/options.ts'
import { refusal } from '../platform/errors.ts'
import { awsBatcher } from './aws-batcher.ts'
import { callOf } from './client.ts'
import type { AwsLimits } from './limits.ts'
import { type AwsSettings, batchSizeOf, limitsOf } from './options.ts'
import type { Service } from './service.ts'

/** A batcher of a service, within its limits. @param creating what errors of options say. */
export function serviceBatcher<Item, Input, Result>(
  creating: string,
  service: Service<Item, Input, Result>,
  known: AwsLimits,
  client: unknown,
  { command, limits, retry, idempotent = service.isIdempotent }: AwsSettings,
  rest: PassedOptions<Item>,
): Batcher<Item, Result> {
  const { items, requestBytes, itemBytes } = limitsOf(known, limits)
  const call = callOf<Input>(creating, client, service.method, command as never)
  const sizeOf = (item: Item): number => {
    if (typeof item !== 'object' || item === null) {
      throw refusal(service.action, 'item', 'an object', item)
    }
    const bytes = service.sizeOf(item)
    if (bytes <= itemBytes) return bytes
    const allowed = `at most ${itemBytes} bytes, which is 'limits.itemBytes'`
    throw refusal(service.action, 'item', allowed, bytes, 'JITNEY_OUT_OF_RANGE')
  }
  return awsBatcher({ ...service, isIdempotent: idempotent }, call, retry, {
    ...rest,
    maxBatchSize: batchSizeOf(creating, rest.maxBatchSize, items),
    weight: [
      ...(rest.weight === undefined ? [] : [rest.weight].flat()),
      { of: sizeOf, max: requestBytes },
    ],
  })
}
