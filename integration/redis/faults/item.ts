/** An item of a fault run; its result is twice its number. */
export interface Item {
  readonly client: string
  readonly n: number
  /** `throws`: its batch throws. `kills`: its worker dies. */
  readonly kind: 'plain' | 'throws' | 'kills'
}

export const lease = 1500
export const queue = 'faults'

/** What both sides connect with: to a server that may be away, and a wire that may be cut. */
export function connectionTo(port: number): object {
  return {
    url: `redis://127.0.0.1:${port}`,
    socket: { connectTimeout: 1000, reconnectStrategy: () => 50 },
    disableOfflineQueue: true,
  }
}
