import { type Departure, nextDeparture, Pacer } from 'jitney/policy'

import type { Backend } from './backend.ts'
import type { Policy, View } from './simulate.ts'

/** The library's decision for a queue that nobody paused, flushed or closed. */
function decide(view: View, maxQueueTime: number | 'adaptive', paced: number): Departure {
  const { queued, oldestArrival, active, backend } = view
  const full = queued >= backend.maxBatchSize
  return nextDeparture({ full, oldestArrival, active, maxQueueTime, paced })
}

/** @param maxQueueTime milliseconds. */
export function fixedWindow(maxQueueTime: number): Policy {
  return { next: (view) => decide(view, maxQueueTime, -Infinity) }
}

/** Whenever a slot is free. */
export function atOnce(): Policy {
  return { next: (view) => decide(view, 'adaptive', -Infinity) }
}

/** @param costs what it is told; otherwise it learns them. */
export function adaptive(costs?: Pick<Backend, 'a' | 'b'>, pacer: Pacer = new Pacer()): Policy {
  let last = -Infinity
  return {
    next: (view) => {
      const { queued, active, backend } = view
      return decide(view, 'adaptive', last + pacer.next(queued, active, backend.slots))
    },
    departed: (now) => {
      last = now
    },
    ended: (_, size, duration) => {
      pacer.ended(size, duration)
      if (costs) Object.assign(pacer, { a: costs.a, b: costs.b })
    },
  }
}

/**
 * Under a limit on calls, what is left of them is spread over the time until the next comes free. What
 * the library could do: it does not yet.
 */
export function sparing(): Policy {
  const policy = adaptive()
  let last = -Infinity
  return {
    ...policy,
    next: (view) => {
      const { at, reason } = policy.next(view)
      const paces = (view.rates ?? []).map(({ pace }) => last + pace)
      return { at: reason === 'size' ? at : Math.max(at, ...paces), reason }
    },
    departed: (now, size) => {
      last = now
      policy.departed?.(now, size)
    },
  }
}
