/**
 * What signals cost, in the shape of another workload.
 *
 * @param {'closed-loop' | 'burst'} workload
 * @param {Readonly<Record<string, number>>} ownSignalParameters a repetition of fewer items, as an
 *   `AbortController` takes far longer to make than an item to batch
 * @returns {import('../harness/types.js').Scenario}
 */
function withSignals(workload, ownSignalParameters) {
  const measurement = (caller, parameters) => ({
    workload,
    contestant: 'jitney',
    caller,
    parameters,
  })
  return {
    name: `${workload}-signals`,
    title: `Signals, ${workload}: CPU per item over jitney without them`,
    figure: 'ratio',
    unit: 'ns',
    comparisons: [
      {
        name: 'one signal for all, over none',
        contestant: measurement('shared-signal'),
        reference: measurement('plain'),
        budget: 1.5,
      },
      {
        name: 'a signal each, over one listener each',
        contestant: measurement('own-signal', ownSignalParameters),
        reference: measurement('own-listener', ownSignalParameters),
        budget: 1.15,
      },
    ],
  }
}

export const closedLoopSignals = withSignals('closed-loop', { items: 50_000 })
export const burstSignals = withSignals('burst', { bursts: 1 })
