import { describe, expect, it } from 'vitest'
import type { Goal } from '../../src/tune/choose.ts'
import { Exploration } from '../../src/tune/exploration.ts'
import { type Report, reportOf } from '../../src/tune/findings.ts'
import { htmlReport, pageStart } from '../../src/tune/html-report.ts'
import type { Settings } from '../../src/tune/simulate-load.ts'
import { textReport } from '../../src/tune/text-report.ts'
import { explore, VirtualProbe } from './virtual-model.ts'

async function reportAbout(
  goal: Goal = { kind: 'throughput' },
  own?: Partial<Settings>,
  subject = 'model.ts',
): Promise<Report> {
  const exploration = await explore({ duration: (size) => 20 + size, servers: 4 })
  const told = { subject, version: '1.2.3', isComplete: true, goal, time: 60_000, own, notices: [] }
  return reportOf(exploration, told)
}

describe('reportOf()', () => {
  it('holds what is recommended against the defaults', async () => {
    const { verdicts, loads, rate } = await reportAbout()
    expect(verdicts.map(({ name }) => name)).toEqual(['recommended', 'defaults'])
    const [recommended, defaults] = verdicts
    expect(recommended!.itemsPerSecond).toBeGreaterThan(4 * defaults!.itemsPerSecond)
    expect(defaults!.itemsPerSecond).toBeCloseTo(100_000 / 120, 0)
    expect(rate).toBeCloseTo(recommended!.itemsPerSecond / 2, 6)
    // One batch at a time cannot do half of what four can.
    expect([recommended!.latency === undefined, defaults!.latency]).toEqual([false, undefined])
    expect(loads[0]!.latencies.every((latency) => latency !== undefined)).toBe(true)
    expect(loads.at(-1)!.latencies[1]).toBeUndefined()
  })

  it('holds what the module says against both', async () => {
    const { verdicts } = await reportAbout(undefined, { maxBatchSize: 16, maxQueueTime: 10 })
    expect(verdicts[1]).toMatchObject({
      name: 'module',
      settings: { maxBatchSize: 16, concurrency: 1, maxQueueTime: 10 },
    })
  })

  it('says so where settings are judged by smaller ones', async () => {
    const { notices } = await reportAbout(undefined, { maxBatchSize: 5000, concurrency: Infinity })
    expect(notices.join()).toMatch(
      /No more was measured, so the settings of the module are judged by batches of 1024 and \d+ at once\./,
    )
    expect(notices.join()).not.toContain('the defaults')
  })

  it('says what each of them can do within the limit', async () => {
    const { verdicts } = await reportAbout({ kind: 'p95', limit: 150 })
    const [recommended, defaults] = verdicts.map((verdict) => verdict.itemsPerSecondInTime!)
    expect(recommended).toBeGreaterThan(defaults!)
    expect(defaults).toBeGreaterThan(0)
  })

  it('tells of nothing before anything is known', () => {
    const probe = new VirtualProbe({ duration: () => 1 })
    const exploration = new Exploration({
      probe,
      clock: probe.clock,
      signal: new AbortController().signal,
      maxBatchSize: 1,
      maxConcurrency: 1,
      time: 1,
      longestBatch: Infinity,
    })
    const told = { subject: 'm.ts', version: '1', isComplete: false, time: 1, notices: [] }
    const report = reportOf(exploration, { ...told, goal: { kind: 'throughput' }, own: undefined })
    expect(report).toMatchObject({ cells: [], verdicts: [], loads: [], cost: undefined })
    expect(textReport(report)).toEqual([
      'Stopped, measured so far: m.ts: 0 batches in 0 us',
      'Nothing is known yet.',
    ])
  })
})

describe('textReport()', () => {
  it('has the fit, the tables with bars, and the settings in ASCII', async () => {
    const lines = textReport(await reportAbout())
    const text = lines.join('\n')
    expect(text).toContain('A batch takes 20 ms and 1 ms for each item, within 0 % of each size')
    expect(text).toMatch(/^ +1 +21 ms +0 % +21 ms +47\.6 +=$/m)
    expect(text).toMatch(/^ +1024 +1,044 ms .* ={24}$/m)
    expect(text).toMatch(/^ +4 +1024 +1,044 ms +3,923 +0 % +={24}$/m)
    expect(text).toMatch(/^ +the defaults +100 +1 +adaptive +833 +- +-$/m)
    expect(lines.at(-1)).toBe(
      'For the most items per second: { maxBatchSize: 512, concurrency: 4 }',
    )
    expect(text).toMatch(/^[\n -~]*$/)
    const tables = lines.filter((line) => line.startsWith('  '))
    expect(Math.max(...tables.map(({ length }) => length))).toBeLessThan(80)
  })

  it('says so when nothing is enough', async () => {
    const lines = textReport(await reportAbout({ kind: 'p95', limit: 1 }))
    expect(lines.at(-1)).toBe(
      'Nothing that was measured is enough for the most items per second, 95 % of them within 1 ms',
    )
  })

  it('has the window in what it recommends', async () => {
    const report = await reportAbout()
    const [first, ...others] = report.verdicts
    const settings = { ...first!.settings, maxQueueTime: 5 }
    const text = textReport({ ...report, verdicts: [{ ...first!, settings }, ...others] })
    expect(text.at(-1)).toContain('{ maxBatchSize: 512, concurrency: 4, maxQueueTime: 5 }')
  })
})

describe('htmlReport()', () => {
  it('is one page that loads nothing', async () => {
    const page = htmlReport(await reportAbout())
    expect(page.startsWith(pageStart)).toBe(true)
    expect(page).toContain("default-src 'none'")
    expect(page).not.toMatch(/<link|<img|<iframe|\ssrc=|@import|url\(/)
    expect(page).toContain('{ maxBatchSize: 512, concurrency: 4 }')
  })

  it('takes nothing that it is told for markup', async () => {
    const evil = `<script>alert(1)</script>"'&`
    const report = await reportAbout(undefined, undefined, evil)
    const page = htmlReport({ ...report, notices: [evil], version: evil })
    expect(page).not.toContain('<script>alert')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;')
  })
})
