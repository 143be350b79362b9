type Job = () => void

let jobs: Job[] = []

/**
 * Calls back when the batch that a freed slot lets go has left: to write 200 answers takes some
 * milliseconds, for which the batch function would have nothing to do.
 *
 * A batch leaves in promise jobs, or in those behind the end of the turn. Neither has anything between
 * it and the first callback below that reads from a socket.
 */
export function afterDeparture(job: Job): void {
  jobs.push(job)
  if (jobs.length === 1) process.nextTick(behindTicks)
}

/** Promise jobs come when no tick is left: one job later, theirs are done. */
function behindTicks(): void {
  queueMicrotask(behindJobs)
}

function behindJobs(): void {
  process.nextTick(run)
}

function run(): void {
  const due = jobs
  jobs = []
  for (const job of due) job()
}
