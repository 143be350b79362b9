import { type Departure, nextDeparture, Pacer } from 'jitney/policy'

import type { Backend } from './backend.ts'
import type { Policy, View } from './simulate.ts'

/** The library's decision for a queue that nobody paused, flushed or closed. */
function decide(view: View, maxQueueTime: number | 'adaptive'): Departure {
  const { queued, oldestArrival, active, backend } = view
  const full = queued >= backend.maxBatchSize
  return nextDeparture({ full, oldestArrival, active, maxQueueTime })
}

/** @param maxQueueTime milliseconds. */
export function fixedWindow(maxQueueTime: number): Policy {
  return { next: (view) => decide(view, maxQueueTime) }
}

/** Whenever a slot is free. */
export function atOnce(): Policy {
  return { next: (view) => decide(view, 'adaptive') }
}

/** @param costs what it is told; otherwise it learns them. */
export function adaptive(costs?: Pick<Backend, 'a' | 'b'>, pacer: Pacer = new Pacer()): Policy {
  if (costs) Object.assign(pacer, { a: costs.a, b: costs.b })
  return {
    next: (view) => {
      const { queued, active, backend, rates } = view
      const { at, reason } = decide(view, 'adaptive')
      const paced = pacer.earliest(queued, active, backend.slots, rates)
      return { at: reason === 'size' ? at : Math.max(at, paced), reason }
    },
    departed: (now, size) => {
      pacer.departed(now, size, 'slot')
    },
    ended: (_, size, duration) => {
      if (!costs) pacer.ended(size, duration)
    },
  }
}
