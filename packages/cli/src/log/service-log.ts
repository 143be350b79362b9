import type { FailureReport } from '../server/failure-log.ts'
import type { AccessEntry } from './access-entry.ts'

/** Takes what a running service has to say to whoever runs it. */
export interface ServiceLog {
  /** What it does: it listens, it was loaded again, it stops. */
  note(text: string): void
  warn(text: string): void
  /** What went wrong on this side of the door. */
  failure(text: string, report: FailureReport): void
  access(entry: AccessEntry): void
}
