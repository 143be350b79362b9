import type { Attributes } from './attributes.ts'

/** How a table is read: one way for all keys of a request. */
export interface ReadSettings {
  /**
   * Whether to see all that was written before.
   * @default false
   */
  readonly ConsistentRead?: boolean | undefined
  /**
   * Which attributes to read.
   * @default all
   */
  readonly ProjectionExpression?: string | undefined
  /**
   * What `#names` in the projection stand for.
   * @default none
   */
  readonly ExpressionAttributeNames?: Record<string, string> | undefined
}

/** A projection that has the key as well, by which answers are told apart. */
export interface Projection {
  readonly settings: ReadSettings
  /** What nobody asked for, to be taken out again. */
  readonly added: readonly string[]
}

export function withKey(settings: ReadSettings, keyNames: readonly string[]): Projection {
  const { ProjectionExpression: expression, ExpressionAttributeNames: names = {} } = settings
  if (expression === undefined) return { settings, added: [] }
  const paths = new Set(expression.split(',').map((path) => names[path.trim()] ?? path.trim()))
  const added = keyNames.filter((name) => !paths.has(name))
  if (added.length === 0) return { settings, added }
  const aliases = Object.fromEntries(added.map((name, index) => [`#jitney_key${index}`, name]))
  return {
    added,
    settings: {
      ...settings,
      ProjectionExpression: [expression, ...Object.keys(aliases)].join(', '),
      ExpressionAttributeNames: { ...names, ...aliases },
    },
  }
}

/** What was asked for. */
export function without(item: Attributes, added: readonly string[]): Attributes {
  if (added.length === 0) return item
  return Object.fromEntries(Object.entries(item).filter(([name]) => !added.includes(name)))
}

/** Equal for those that can be in one request. */
export function settingsText(settings: ReadSettings): string {
  const { ConsistentRead = false, ProjectionExpression, ExpressionAttributeNames = {} } = settings
  const names = Object.entries(ExpressionAttributeNames).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([ConsistentRead, ProjectionExpression, names])
}
