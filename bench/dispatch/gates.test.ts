import { describe, expect, it } from 'vitest'

import type { OpenArrivals } from './arrivals.ts'
import type { Backend } from './backend.ts'
import { gatesOf, loopGates, overloadGate, stepGate } from './gates.ts'
import { backends } from './grid.ts'
import { measureClosed, measureOpen } from './measure.ts'
import { measureRates } from './rates.ts'

// A part of what run.ts measures, with the same gates. Seeds decide all of it.

// Long enough that the first batches, from which it learns, decide nothing.
const effort = { batches: 1000, least: 20_000, most: 200_000 }
const parallel = backends.filter(({ slots }) => slots === 4 || slots === 16)

describe('adaptive dispatch with learned costs', () => {
  it('is as good as the best window of hindsight, and better than leaving at once', () => {
    const kinds: OpenArrivals[] = [{ kind: 'poisson' }, { kind: 'bursts', size: 20 }]
    const cells = parallel.flatMap((backend) =>
      kinds.flatMap((kind) =>
        [0.1, 0.5, 0.85].map((load) => measureOpen(backend, kind, load, 7, effort)),
      ),
    )
    const gates = gatesOf(cells, 'learned').slice(0, 4)
    expect(gates.filter(({ passed }) => !passed)).toEqual([])
  })

  it('keeps the throughput of callers who wait, and adds nothing for one who is alone', () => {
    const cells = parallel.map((backend: Backend) =>
      measureClosed(backend, { callers: 16, think: 0, thinking: 'fixed', fanOut: 1 }, 7, effort),
    )
    expect(loopGates(cells).filter(({ passed }) => !passed)).toEqual([])
  })

  it('serves its capacity under overload, and knows new costs 50 batches after a change', () => {
    expect([overloadGate(7, effort), stepGate(7)].filter(({ passed }) => !passed)).toEqual([])
  })

  it('keeps calls for later under a limit: half the latency at the least when many more come', () => {
    const cells = measureRates(7, 2000)
    const dense = cells.filter(({ load, name }) => load >= 5 && /60000 ms; poisson/.test(name))
    expect(dense).toHaveLength(2)
    expect(dense.filter(({ paced, atOnce }) => paced > atOnce / 2)).toEqual([])
    const sparse = cells.filter(({ load }) => load <= 0.6)
    expect(sparse).toHaveLength(27)
    expect(sparse.filter(({ paced, atOnce }) => paced > atOnce * 1.3)).toEqual([])
  })
})
