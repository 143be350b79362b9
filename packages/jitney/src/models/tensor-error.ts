/** Whether the item or the model is to blame. */
export type TensorErrorCode = 'JITNEY_WRONG_INPUT' | 'JITNEY_WRONG_OUTPUT'

/**
 * A tensor that does not fit: an input of an item (`JITNEY_WRONG_INPUT`), which rejects that item's
 * caller alone, or an output of the model (`JITNEY_WRONG_OUTPUT`), which rejects all callers of the
 * batch, each with an error of its own.
 */
export class TensorError extends TypeError {
  static {
    this.prototype.name = 'TensorError'
  }

  /** Whether the item or what the model gave does not fit. */
  readonly code: TensorErrorCode
  /** The name of the input or output. */
  readonly tensor: string
  /** What would have fitted. */
  readonly expected: string
  /** What came. */
  readonly received: string

  constructor(code: TensorErrorCode, tensor: string, expected: string, received: string) {
    const [action, kind] =
      code === 'JITNEY_WRONG_INPUT' ? ['stack items', 'input'] : ['slice outputs', 'output']
    super(`Cannot ${action}: ${kind} '${tensor}' must be ${expected}, received ${received}`)
    this.code = code
    this.tensor = tensor
    this.expected = expected
    this.received = received
  }
}

/** Makes the error of one tensor. */
export type Refuse = (expected: string, received: string) => TensorError

export function refuseInput(name: string): Refuse {
  return (expected, received) => new TensorError('JITNEY_WRONG_INPUT', name, expected, received)
}

export function refuseOutput(name: string): Refuse {
  return (expected, received) => new TensorError('JITNEY_WRONG_OUTPUT', name, expected, received)
}
