import type { RemoteDeadLetter, RemoteItem } from 'jitney/remote'
import { printable } from '../terminal/printable.ts'

const longest = 120

/** An item of a queue for people, on one line; anybody may have written what is in it. */
export function itemLine(shown: RemoteItem & Partial<RemoteDeadLetter>): string {
  const { id, item, key, attempts, age, reason } = shown
  const parts = [
    id,
    `${(age / 1000).toFixed(1)} s`,
    `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`,
    ...(reason === undefined ? [] : [reason]),
    ...(key === undefined ? [] : [`key ${key}`]),
    item === undefined ? 'cannot be read' : JSON.stringify(item),
  ]
  return parts.map((part) => printable(part.slice(0, longest))).join('  ')
}
