const lengths = [100, 1_000, 10_000, 100_000, 1_000_000]

const measurement = (contestant, queued) => ({
  workload: 'queue-length',
  contestant,
  caller: 'plain',
  parameters: { queued },
})

/**
 * The cost should stay the same from row to row; where the floor's does not either, it is memory
 * that the items themselves take.
 *
 * @type {import('../harness/types.js').Scenario}
 */
export const queueLength = {
  name: 'queue-length',
  title: 'Items queued behind one busy slot, batches of 100: CPU per item over a floor with a slot',
  figure: 'ratio',
  unit: 'ns',
  comparisons: lengths.map((queued) => ({
    name: `${queued.toLocaleString('en')} queued`,
    contestant: measurement('jitney', queued),
    reference: measurement('floor-with-slots', queued),
  })),
}
