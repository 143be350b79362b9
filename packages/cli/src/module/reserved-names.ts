/** Paths that the service answers by itself, now or later: a route of this name would hide them. */
export const reservedNames: readonly string[] = [
  'healthz',
  'readyz',
  'stats',
  'metrics',
  'openapi.json',
  'dashboard',
]
