// A program and whatever it has started end together: it leads a process group of its own. So an
// interrupt from the terminal does not reach it either, and whoever wants to end in peace after one
// still gets answers.

const working = new Set<number>()

/** Whether the system has process groups. */
export const hasGroups: boolean = process.platform !== 'win32'

/** Ends all of the group by force, also when its leader has ended. */
export function killGroup(leader: number): void {
  try {
    process.kill(hasGroups ? -leader : leader, 'SIGKILL')
  } catch {
    // Nobody is left.
  }
}

/** Whether it works on a batch: then nothing would end it with this process. */
export function setWorking(leader: number, isWorking: boolean): void {
  if (isWorking) working.add(leader)
  else working.delete(leader)
  process.removeListener('exit', killWorking)
  if (working.size > 0) process.on('exit', killWorking)
}

function killWorking(): void {
  for (const leader of working) killGroup(leader)
}
