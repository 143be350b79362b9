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
  const { signal } = controller
  const objects = keepObjects(signal)
  const leave = (): void => {
    controller.abort(clientGone)
    for (const listener of objects) listener.handleEvent(new Event('abort'))
  }
  if (socket.destroyed) leave()
  else socket.once('close', leave)
  signals.set(socket, signal)
  return signal
}

/** What a batcher adds to a signal. */
interface ListenerObject {
  handleEvent(event: Event): void
}
type Listening = Parameters<AbortSignal['addEventListener']>

/**
 * Has a signal keep its listener objects in a set of ours. A batcher adds one and removes it with
 * every item of a client that waits for each answer, and in Node's own list that is a tenth of what
 * a request costs. Functions, and listeners with options, go to Node's list as ever.
 */
function keepObjects(signal: AbortSignal): Set<ListenerObject> {
  const objects = new Set<ListenerObject>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (
    type: Listening[0],
    listener: Listening[1],
    options?: Listening[2],
  ): void => {
    if (typeof listener === 'object' && options === undefined) objects.add(listener)
    else add(type, listener, options)
  }
  signal.removeEventListener = (
    type: Listening[0],
    listener: Listening[1],
    options?: Listening[2],
  ): void => {
    if (typeof listener !== 'object' || !objects.delete(listener)) remove(type, listener, options)
  }
  return objects
}
