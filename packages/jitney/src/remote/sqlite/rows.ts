import type { Row } from './database.ts'

/** An item's id, as the port has it. */
export function idOf({ client, sequence }: Row): string {
  return `${client as string}:${Number(sequence)}`
}

/** The columns of an id; of one that is none, columns that no item has. */
export function partsOf(id: string): [client: string, sequence: number] {
  const end = id.lastIndexOf(':')
  return [id.slice(0, end), Number(id.slice(end + 1)) || 0]
}
