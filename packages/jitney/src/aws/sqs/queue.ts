import type { Guard } from '../../platform/guards.ts'
import { answersById, withIds } from '../entries.ts'
import { type AwsOptions, nonEmpty } from '../options.ts'
import type { Service } from '../service.ts'

/** The input of a batch operation of SQS. */
export interface SqsInput<Item> {
  /** The queue. */
  QueueUrl: string
  /** The items, each with an id that the answer names it by. */
  Entries: (Item & { Id: string })[]
}

/** Options of the batchers of SQS. */
export interface SqsOptions<Item, Entry = Item> extends AwsOptions<Item, SqsInput<Entry>> {
  /** The address of the queue. */
  readonly queueUrl: string
}

export interface Queue {
  queueUrl: string
}

export const queueGuards: { readonly [Name in keyof Queue]: Guard<Queue[Name]> } = {
  queueUrl: nonEmpty,
}

type Said = 'action' | 'method' | 'isIdempotent' | 'sizeOf' | 'orderOf' | 'sharesOrder'

/** What the batch operations of a queue have in common. */
export function queueService<Item, Entry, Result>(
  { queueUrl }: Queue,
  said: Pick<Service<Item, SqsInput<Entry>, Result>, Said>,
  entryOf: (item: Item) => Entry,
  valueOf: (entry: never) => Result,
): Service<Item, SqsInput<Entry>, Result> {
  return {
    ...said,
    inputOf: (items) => ({ QueueUrl: queueUrl, Entries: withIds(items.map(entryOf)) }),
    answersOf: (output, items) => answersById(output, items.length, valueOf),
  }
}
