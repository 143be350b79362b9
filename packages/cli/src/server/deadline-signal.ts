import { type Problem, ProblemError } from './problem.ts'

const longestTimer = 2 ** 31 - 1

const late: Problem = {
  status: 504,
  code: 'JITNEY_DEADLINE',
  detail: 'The time that the request gave in X-Request-Timeout has passed.',
}

/** A signal that aborts with its client, or after so many milliseconds, whichever is first. */
export function deadlineSignal(
  client: AbortSignal,
  timeout: number,
): { readonly signal: AbortSignal; readonly end: () => void } {
  const controller = new AbortController()
  const onClient = (): void => {
    controller.abort(client.reason)
  }
  const onTime = (): void => {
    controller.abort(new ProblemError(late))
  }
  const timer = setTimeout(onTime, Math.min(timeout, longestTimer))
  if (client.aborted) onClient()
  else client.addEventListener('abort', onClient)
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer)
      client.removeEventListener('abort', onClient)
    },
  }
}
