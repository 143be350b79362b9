import { assetFolder } from '../dashboard/files.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from './problem.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

/** One path of the service that a route brought along. */
export interface Endpoint {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly handle: Handler
  /** What is wrong with any request for it just now, however it goes on. */
  readonly refuse?: (() => Problem | undefined) | undefined
  /** What OpenAPI says of it. */
  readonly operation: object
}

/**
 * What the service answers, by path and method: what is its own, and the endpoints of its routes,
 * which change when the configuration is loaded again.
 */
export class Endpoints {
  readonly #own: ReadonlyMap<string, readonly string[]>
  #byPath = new Map<string, Map<string, Endpoint>>()
  #all: readonly Endpoint[] = []

  /** @param own the methods of the paths that the service answers by itself. */
  constructor(own: ReadonlyMap<string, readonly string[]>) {
    this.#own = own
  }

  get all(): readonly Endpoint[] {
    return this.#all
  }

  /** From now on these are all that the routes answer. */
  replace(endpoints: readonly Endpoint[]): void {
    const byPath = new Map<string, Map<string, Endpoint>>()
    for (const endpoint of endpoints) {
      const { method, path } = endpoint
      const byMethod = byPath.get(path) ?? new Map<string, Endpoint>()
      byPath.set(path, byMethod.set(method, endpoint))
      if (method === 'GET') byMethod.set('HEAD', endpoint)
    }
    this.#byPath = byPath
    this.#all = endpoints
  }

  find(method: string, path: string): Endpoint | undefined {
    return this.#byPath.get(path)?.get(method)
  }

  /** The methods that a path answers to; `undefined` if there is nothing under it. */
  methodsOf(path: string): readonly string[] | undefined {
    const byMethod = this.#byPath.get(path)
    return byMethod === undefined ? this.#own.get(path) : [...byMethod.keys()]
  }

  /** All of them, as `METHOD /path`, but for what only the dashboard asks for. */
  list(): readonly string[] {
    const routes = [...this.#byPath].map(
      ([path, byMethod]) => [path, [...byMethod.keys()]] as const,
    )
    return [...routes, ...this.#own]
      .filter(([path]) => !path.startsWith(assetFolder))
      .map(([path, methods]) => `${methods[0]} ${path}`)
  }
}
