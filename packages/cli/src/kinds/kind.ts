import type { z } from 'zod'
import type { Route } from './route.ts'

/** Where a route is configured. */
export interface Place {
  /** Its name. */
  readonly name: string
  /** The folder that relative paths start from. */
  readonly folder: string
}

/** A kind of route: what its configuration says, and how that becomes a route. */
export interface Kind<Schema extends z.ZodObject = z.ZodObject> {
  /** The word that a configuration calls it; the schema's `kind` is that literal. */
  readonly name: string
  readonly schema: Schema
  /** Throws a `StartError` if it cannot be served. */
  readonly create: (settings: z.infer<Schema>, place: Place) => Promise<Route>
}

/** Keeps the type of the settings that the schema gives. */
export function defineKind<Schema extends z.ZodObject>(kind: Kind<Schema>): Kind<Schema> {
  return kind
}
