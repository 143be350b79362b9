/** A signal for the items of one request: when one of them failed, the others are for nobody. */
export interface SharedSignal {
  readonly signal: AbortSignal
  readonly abort: () => void
  /** To be called when all is settled. */
  readonly end: () => void
}

/** The reason of items whose request was answered already, with the failure of another. */
const answered: Error = Object.freeze(new Error('Another item of the request failed'))

/** @param whole aborts with all of the request. */
export function sharedSignal(whole: AbortSignal): SharedSignal {
  const controller = new AbortController()
  const follow = (): void => {
    controller.abort(whole.reason)
  }
  if (whole.aborted) follow()
  else whole.addEventListener('abort', follow)
  return {
    signal: controller.signal,
    abort: () => {
      controller.abort(answered)
    },
    end: () => {
      whole.removeEventListener('abort', follow)
    },
  }
}
