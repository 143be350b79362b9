import { StartError } from '../errors.ts'
import type { Route } from '../kinds/route.ts'

/** Throws a `StartError` if two routes ask for one path. */
export function checkPaths(routes: readonly Route[]): void {
  const owners = new Map<string, string>()
  for (const { name, protocol } of routes) {
    const paths =
      protocol === undefined
        ? [`/${name}`, `/${name}/batch`]
        : [protocol.path, ...(protocol.otherPaths ?? [])]
    for (const path of paths) {
      const owner = owners.get(path)
      if (owner !== undefined) {
        throw new StartError(`Cannot serve ${name}: ${owner} has the path ${path} already`)
      }
      owners.set(path, name)
    }
  }
}

/** Throws a `StartError` if a route would send the service's own token elsewhere. */
export function checkAuthorization(routes: readonly Route[], token: string): void {
  const route = routes.find(({ takesAuthorization }) => takesAuthorization)
  if (token === '' || route === undefined) return
  throw new StartError(
    `Cannot serve ${route.name}: passAuthorization must be false with a token, which clients show in the same header`,
  )
}
