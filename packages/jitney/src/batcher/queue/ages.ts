import type { Lane } from './lane.ts'

/** Lanes, and at hand the one whose oldest entry waits longest. */
export class Ages extends Set<Lane> {
  /** Those that were there when somebody looked, the oldest last: who came since is younger. */
  sorted: Lane[] = []

  get eldest(): Lane | undefined {
    let lane: Lane | undefined
    while (this.size > 0 && !this.has((lane = this.sorted.at(-1)) as Lane))
      if (!this.sorted.pop())
        this.sorted = [...this].sort((one, other) => other.oldest.order - one.oldest.order)
    return lane
  }
}
