import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Terminal } from '../src/terminal/terminal.ts'
import { describeTraffic, TrafficLine } from '../src/terminal/traffic-line.ts'

class Recorder {
  readonly isTTY: boolean
  readonly columns: number
  text = ''

  constructor(isTTY: boolean, columns = 80) {
    this.isTTY = isTTY
    this.columns = columns
  }

  write(text: string): void {
    this.text += text
  }

  /** What a screen shows after all that was written. */
  get lines(): readonly string[] {
    const lines = ['']
    for (const part of this.text.replaceAll('\r\u001b[2K', '\n\r').split(/(\n\r?)/)) {
      if (part === '\n') lines.push('')
      else if (part === '\n\r') lines[lines.length - 1] = ''
      else lines[lines.length - 1] += part
    }
    return lines
  }
}

beforeEach(() => {
  vi.stubEnv('TERM', 'xterm')
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllEnvs()
})

describe('Terminal', () => {
  it('rewrites the status in place on a screen, below what stays', () => {
    const output = new Recorder(true)
    const terminal = new Terminal(output)
    terminal.line('one')
    terminal.status('status 1')
    terminal.line('two')
    terminal.status('status 2')
    expect(output.lines).toEqual(['one', 'two', 'status 2'])
    terminal.endStatus()
    terminal.line('three')
    expect(output.lines).toEqual(['one', 'two', 'status 2', 'three', ''])
  })

  it('never lets the status wrap, which could not be rewritten', () => {
    const output = new Recorder(true, 10)
    new Terminal(output).status('a status that is too long')
    expect(output.lines).toEqual(['a status '])
  })

  it('writes lines and no escape codes to what is not a screen', () => {
    for (const [isTTY, term] of [
      [false, 'xterm'],
      [true, 'dumb'],
    ] as const) {
      vi.stubEnv('TERM', term)
      const output = new Recorder(isTTY)
      const terminal = new Terminal(output)
      terminal.status('status 1')
      terminal.line('one')
      terminal.status('status 2')
      terminal.endStatus()
      expect(output.text).toBe('status 1\none\nstatus 2\n')
    }
  })
})

describe('TrafficLine', () => {
  function setUp(isTTY: boolean) {
    const output = new Recorder(isTTY)
    const traffic = { requests: 0, batches: 0 }
    const line = new TrafficLine(new Terminal(output), () => describeTraffic(traffic))
    const come = (requests: number, batches: number): void => {
      traffic.requests += requests
      traffic.batches += batches
      line.changed()
    }
    return { output, line, come }
  }

  it('writes at most once a second to a pipe, the latest state', () => {
    const { output, come } = setUp(false)
    for (let tenth = 0; tenth < 20; tenth++) {
      come(100, 1)
      vi.advanceTimersByTime(100)
    }
    expect(output.text).toBe(
      '1,000 requests in 10 batches, 100 per batch\n2,000 requests in 20 batches, 100 per batch\n',
    )
  })

  it('shows every change on a screen within a tenth of a second, on one line', () => {
    const { output, come } = setUp(true)
    come(1, 0)
    vi.advanceTimersByTime(100)
    expect(output.lines).toEqual(['1 request in 0 batches'])
    come(0, 1)
    vi.advanceTimersByTime(100)
    expect(output.lines).toEqual(['1 request in 1 batch, 1 per batch'])
  })

  it('runs no timer while nothing happens, and writes nothing twice', () => {
    const { output, line, come } = setUp(false)
    expect(vi.getTimerCount()).toBe(0)
    come(3, 2)
    vi.advanceTimersByTime(1000)
    line.changed()
    vi.advanceTimersByTime(1000)
    expect(output.text).toBe('3 requests in 2 batches, 1.5 per batch\n')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends with the line as it is, and no timer', () => {
    const { output, line, come } = setUp(true)
    come(1, 1)
    vi.advanceTimersByTime(100)
    come(1, 1)
    line.end()
    expect(vi.getTimerCount()).toBe(0)
    expect(output.lines.at(-1)).toBe('')
  })
})

describe('describeTraffic()', () => {
  it.each([
    [{ requests: 0, batches: 0 }, '0 requests in 0 batches'],
    [{ requests: 1, batches: 1 }, '1 request in 1 batch, 1 per batch'],
    [
      { requests: 1_234_567, batches: 1300 },
      '1,234,567 requests in 1,300 batches, 949.7 per batch',
    ],
  ])('reads %j', (traffic, text) => expect(describeTraffic(traffic)).toBe(text))
})
