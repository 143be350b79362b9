import { describe, expect, it } from 'vitest'

import { findService } from '../services.ts'
import { runFaults } from './faults/run.ts'

const timeout = 180_000

/** The short form of the fault runs; `npm run test:faults` runs the long one. */
describe.skipIf(findService('redis-server') === undefined)('clients and workers over Redis', () => {
  it('lose nothing, whatever is killed, stopped and cut', { timeout }, async () => {
    const plan = [
      'worker killed',
      'server killed',
      'answers swallowed',
      'connections cut',
      'worker stopped past its lease',
      'workers replaced',
      'requests swallowed',
    ]
    const { problems, told } = await runFaults({ items: 6000, seed: 7, plan })
    expect(problems).toEqual([])
    expect(told).toMatchObject({ 'server killed': 1, 'worker killed': 1 })
  })

  it.each([
    ['no file', ['server killed', 'server killed']],
    ['early answers', ['worker killed', 'worker killed', 'worker killed']],
    ['no dedupe', ['worker killed']],
  ] as const)('would be seen to fail with %s', { timeout }, async (control, plan) => {
    const { problems } = await runFaults({ items: 4000, seed: 7, plan, control })
    expect(problems.length).toBeGreaterThan(0)
  })
})
