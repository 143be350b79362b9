import type { Draft } from './sql-batcher.ts'

/**
 * A statement that is made when it is sent, of all that was taken in.
 *
 * @param encode what is kept of an item. What it throws is the item's own error.
 * @param fits takes its room, if it has any.
 */
export function listDraft<Item, Encoded, Result>(
  encode: (item: Item) => Encoded,
  fits: (encoded: Encoded) => boolean,
  send: (list: readonly Encoded[]) => ReturnType<Draft<Item, Result>['send']>,
): Draft<Item, Result> {
  const list: Encoded[] = []
  return {
    add(item) {
      const encoded = encode(item)
      if (!fits(encoded)) return false
      list.push(encoded)
      return true
    },
    send: () => send(list),
  }
}
