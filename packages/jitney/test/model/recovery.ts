import type { Entry } from './entry.ts'
import type { RetrySettings, Settings } from './settings.ts'

/** What `Math.random` says in here. */
export const luck = 0.5

/** What the batch function threw, or that its time was over. */
export type Failure = { readonly thrown: unknown } | 'timeout'

/** Whether an item gets another attempt after its batch failed. */
export function isRetried(
  { attempts }: Entry,
  failure: Failure,
  retry: RetrySettings | undefined,
): boolean {
  if (retry === undefined || attempts >= retry.attempts) return false
  if (failure === 'timeout') return retry.when === 'also after timeouts'
  return retry.when === 'by default' || retry.when === 'also after timeouts'
}

/** Not an abort, a timeout or a rate limit: a smaller batch would meet the same. */
export function isSplittable(failure: Failure): boolean {
  if (failure === 'timeout') return false
  const { name, status, statusCode } = Object(failure.thrown) as Record<string, unknown>
  const isAboutTime = ['AbortError', 'TimeoutError', 'BatchTimeoutError'].includes(name as string)
  return !isAboutTime && status !== 429 && statusCode !== 429
}

/** Most attempts of an item that the batch function asks to have back. */
export function mostRequests({ retry }: Settings): number {
  return retry?.attempts ?? 3
}

/** How long an item waits after so many attempts. */
export function delayAfter(attempts: number, { retry }: Settings): number {
  const { minDelay, maxDelay } = retry ?? { minDelay: 100, maxDelay: 30_000 }
  return luck * Math.min(maxDelay, minDelay * 2 ** (attempts - 1))
}
