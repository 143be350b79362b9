/**
 * Runs a job whenever SIGHUP comes, one after the other; those that come during one are one more.
 *
 * @returns what ends it.
 */
export function onHangup(job: () => Promise<void>): () => void {
  let running = false
  let again = false
  const listener = (): void => {
    again = true
    if (!running) void run()
  }
  const run = async (): Promise<void> => {
    running = true
    while (again) {
      again = false
      await job()
    }
    running = false
  }
  process.on('SIGHUP', listener)
  return () => {
    process.off('SIGHUP', listener)
  }
}
