import { BatchError } from 'jitney'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FailureLog } from '../src/server/failure-log.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

function setUp() {
  const written: string[] = []
  return { written, log: new FailureLog((text) => written.push(text)) }
}

describe('FailureLog', () => {
  it('writes one failure once, however many callers it had', () => {
    const { written, log } = setUp()
    const failure = new Error('disk full')
    for (let caller = 0; caller < 1000; caller++) {
      log.report('/run failed', new BatchError(`for caller ${caller}`, { cause: failure }))
    }
    expect(written).toEqual([`/run failed: ${failure.stack}`])
    log.flush()
    log.flush()
    expect(written.slice(1)).toEqual(['(999 more of the kind)'])
  })

  it('writes at most ten a second, and says how many it left out', () => {
    const { written, log } = setUp()
    for (let item = 0; item < 25; item++) log.report('/run failed', `reason ${item}`)
    expect(written).toHaveLength(10)
    vi.advanceTimersByTime(1000)
    log.report('/run failed', 'reason 25')
    expect(written.slice(10)).toEqual(['(15 more of the kind)', "/run failed: 'reason 25'"])
  })

  it('writes the same again a second later', () => {
    const { written, log } = setUp()
    log.report('/run failed', 'x')
    vi.advanceTimersByTime(1000)
    log.report('/run failed', 'x')
    expect(written).toEqual(["/run failed: 'x'", "/run failed: 'x'"])
  })

  it('writes the causes, and ends though they may not', () => {
    const { written, log } = setUp()
    const error = new Error('outer')
    error.cause = error
    log.report('/run failed', error)
    expect(written[0]!.match(/caused by: /g)).toHaveLength(5)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 4],
    ['a symbol', Symbol('s')],
    ['an object that cannot be text', Object.create(null)],
  ])('writes what is no error: %s', (_, reason: unknown) => {
    const { written, log } = setUp()
    log.report('/run failed', reason)
    expect(written).toHaveLength(1)
  })
})
