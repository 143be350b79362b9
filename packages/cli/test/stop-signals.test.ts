import { describe, expect, it, onTestFinished } from 'vitest'
import { listenToStopSignals, stoppingOrHangup } from '../src/commands/stop-signals.ts'

function listen() {
  const signals = listenToStopSignals(0, stoppingOrHangup)
  onTestFinished(() => signals.release())
  return signals
}

describe('listenToStopSignals()', () => {
  it('tells of the first signal, and aborts at another one', async () => {
    const { first, second } = listen()
    process.emit('SIGTERM', 'SIGTERM')
    expect(await first).toBe('SIGTERM')
    expect(second.aborted).toBe(false)
    process.emit('SIGTERM', 'SIGTERM')
    expect(second.aborted).toBe(true)
  })

  it('takes it once that the terminal is gone, however often that is said', async () => {
    const { first, second } = listen()
    for (let times = 0; times < 3; times += 1) process.emit('SIGHUP', 'SIGHUP')
    expect(await first).toBe('SIGHUP')
    expect(second.aborted).toBe(false)
    process.emit('SIGTERM', 'SIGTERM')
    expect(second.aborted).toBe(true)
  })
})
