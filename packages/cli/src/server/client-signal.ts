import type { Socket } from 'node:net'

/** The reason of a signal whose client closed its connection. There is nobody left to tell. */
export const clientGone: Error = Object.freeze(new Error('The client closed its connection'))

const signals = new WeakMap<Socket, AbortSignal>()

/**
 * A signal that aborts when the client goes away, for all requests on its connection: making one
 * for each request would be a quarter of what a request costs.
 */
export function clientSignal(socket: Socket): AbortSignal {
  const known = signals.get(socket)
  if (known !== undefined) return known
  const controller = new AbortController()
  if (socket.destroyed) controller.abort(clientGone)
  else socket.once('close', () => controller.abort(clientGone))
  signals.set(socket, controller.signal)
  return controller.signal
}
