import type { Clock } from '../platform/clock.ts'

/**
 * Rejects if a call of a transport says nothing for so long: what it does goes on. Transports have
 * deadlines of their own; this one is for those that have not.
 */
export function inTime<Value>(clock: Clock, timeout: number, call: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      reject(new Error(`The transport said nothing for ${timeout} ms`))
    }, timeout)
    call.then(resolve, reject).finally(() => {
      clock.clearTimeout(timer)
    })
  })
}
