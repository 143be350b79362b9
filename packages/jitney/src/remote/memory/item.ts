/** An item that is not done. */
export interface Item {
  readonly id: string
  readonly client: string
  readonly sequence: number
  readonly body: Uint8Array
  readonly priority: number
  readonly submittedAt: number
  readonly deadline: number
  /** Whether its client may still wait for a reply. */
  wantsReply: boolean
  /** New whenever it is queued for another attempt. */
  token: string
  /** Claims that count. */
  attempts: number
  crashes: number
  /** Who holds it, and until when. */
  holder: string | undefined
  leaseEnd: number
  /** When it may be claimed, if it waits for that. */
  dueAt: number
}
