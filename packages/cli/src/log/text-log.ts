import type { Terminal } from '../terminal/terminal.ts'
import type { AccessEntry } from './access-entry.ts'
import type { ServiceLog } from './service-log.ts'

/** A log for people: what the service does on one terminal, all else on the other. */
export function textLog(screen: Terminal, errors: Terminal): ServiceLog {
  return {
    note: (text) => screen.line(text),
    warn: (text) => errors.line(text),
    failure: (text) => errors.line(text),
    access: (entry) => errors.line(accessText(entry)),
  }
}

/** `POST /squares 200 1.4 ms 2 bytes in 3 out, request 7c0e…` */
function accessText(entry: AccessEntry): string {
  const { method, route = '(no route)', status, duration, bytesIn, bytesOut, requestId } = entry
  const end = entry.complete ? '' : ', not taken to its end'
  return (
    `${method} ${route} ${status} ${duration.toFixed(1)} ms, ` +
    `${bytesIn} bytes in, ${bytesOut} out${end}, request ${requestId}`
  )
}
