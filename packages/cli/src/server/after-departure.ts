type Job = () => void

let jobs: Job[] = []

/**
 * Calls back when the batch that a freed slot lets go has left: to write 200 answers takes some
 * milliseconds, for which the batch function would have nothing to do.
 *
 * It leaves in a promise job, or in one that the end of the turn makes: this is behind both, and
 * before anything else is read.
 */
export function afterDeparture(job: Job): void {
  jobs.push(job)
  if (jobs.length === 1) process.nextTick(behindTicks)
}

/** Promise jobs come when no tick is left. */
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
