import type { Goal } from './choose.ts'
import type { Verdict } from './findings.ts'
import { formatCount, formatTime } from './format.ts'
import type { Latency, Settings } from './simulate-load.ts'

export function describeGoal(goal: Goal): string {
  if (goal.kind === 'throughput') return 'the most items per second'
  if (goal.kind === 'p95') {
    return `the most items per second, 95 % of them within ${formatTime(goal.limit)}`
  }
  return goal.rate === undefined
    ? 'the least latency'
    : `the least latency at ${formatCount(goal.rate)} items per second`
}

export function describeLatency(latency: Latency | undefined): string {
  if (latency === undefined) return 'cannot keep up'
  return `${formatTime(latency.mean)} on average, 95 % within ${formatTime(latency.p95)}`
}

export function nameOf(name: Verdict['name']): string {
  return name === 'module' ? 'the module' : name === 'defaults' ? 'the defaults' : name
}

/** As they stand in a program; what is the default is left out. */
export function settingsText({ maxBatchSize, concurrency, maxQueueTime }: Settings): string {
  const window = maxQueueTime === 'adaptive' ? '' : `, maxQueueTime: ${maxQueueTime}`
  return `{ maxBatchSize: ${maxBatchSize}, concurrency: ${concurrency}${window} }`
}
