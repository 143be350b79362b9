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
  const listeners = keepListeners(signal)
  const leave = (): void => {
    controller.abort(clientGone)
    const event = new Event('abort')
    for (const listener of listeners) tell(signal, listener, event)
  }
  if (socket.destroyed) leave()
  else socket.once('close', leave)
  signals.set(socket, signal)
  return signal
}

type Listening = Parameters<AbortSignal['addEventListener']>
type Listener = Listening[1]

/**
 * Has a signal keep its listeners in a set of ours. A batcher adds one and removes it with every
 * item of a client that waits for each answer, and in Node's own list that is a tenth of what a
 * request costs. Listeners with options go to Node's list as ever.
 */
function keepListeners(signal: AbortSignal): Set<Listener> {
  const listeners = new Set<Listener>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (
    type: Listening[0],
    listener: Listener,
    options?: Listening[2],
  ): void => {
    if (options === undefined) listeners.add(listener)
    else add(type, listener, options)
  }
  signal.removeEventListener = (
    type: Listening[0],
    listener: Listener,
    options?: Listening[2],
  ): void => {
    if (!listeners.delete(listener)) remove(type, listener, options)
  }
  return listeners
}

/** What a listener throws is nobody's here, and keeps no other from hearing: as Node does it. */
function tell(signal: AbortSignal, listener: Listener, event: Event): void {
  try {
    if (typeof listener === 'function') listener.call(signal, event)
    else listener.handleEvent(event)
  } catch (error) {
    process.nextTick(() => {
      throw error
    })
  }
}
