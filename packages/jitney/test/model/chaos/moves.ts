/** What can be done to a batcher, and to what it shares, at any moment and from any place. */
export const moves = {
  callers: [
    'process',
    'process four',
    'process, own signal',
    'process, shared signal',
    'abort a caller',
  ],
  batches: [
    'end a batch',
    'fail a batch',
    'ask for a batch again',
    'end an outcome',
    'ask for an outcome again',
  ],
  flow: ['flush', 'onIdle', 'pause', 'resume', 'resume'],
  settings: ['smaller batches', 'larger batches', 'fewer slots', 'more slots', 'shared slots'],
  outsider: [
    'take a permit',
    'wait for a permit',
    'give a permit back',
    'give a permit back',
    'take units',
    'wait for units',
    'leave the lines',
    'hold the rates',
  ],
  ends: ['close', 'close at once', 'abort'],
} as const
export type Move = (typeof moves)[keyof typeof moves][number]

/** How long to wait before the next move. */
export const gaps = ['none', 'a job', 'three jobs', 'a turn', 'some time', 'a long time'] as const
export type Gap = (typeof gaps)[number]

/** How a batch function behaves. */
export const manners = [
  'waits',
  'returns',
  'throws',
  'throws an abort',
  'throws unless alone',
  'asks for all again',
  'promises each',
] as const
type Manner = (typeof manners)[number]

/** What happens where the batcher calls the program: each call takes the next, then nothing. */
export interface Reactions {
  /** Whether callers have priorities. */
  readonly priorities: boolean
  readonly manners: Manner[]
  readonly whenCalled: Move[]
  readonly whenAborted: Move[]
  readonly whenSettled: Move[]
}
