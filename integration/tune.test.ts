import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { findService } from './services.ts'

const executablePath = findService('chromium')
const require = createRequire(import.meta.url)
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
/** Where screenshots go, for people to look at; none without it. */
const screenshots = process.env['JITNEY_SCREENSHOTS']
const root = join(import.meta.dirname, '..')

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

describe.skipIf(executablePath === undefined)('the page of jitney tune in Chromium', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-tune-'))
  const file = join(folder, 'page.html')
  let browser: Browser

  beforeAll(async () => {
    const bin = join(root, 'packages/cli/dist/bin.js')
    const model = join(root, 'examples/slow-model.ts')
    const flags = ['--time', '8000', '--max-batch-size', '64', '--p95', '150', '--html', file]
    execFileSync(process.execPath, [bin, 'tune', model, ...flags], { stdio: 'ignore' })
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['tune-light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
    ['tune-dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
    ['tune-phone', { viewport: { width: 320, height: 640 }, colorScheme: 'light' }],
    ['tune-phone-dark', { viewport: { width: 320, height: 640 }, colorScheme: 'dark' }],
  ] as const)('draws its charts, loads nothing and is accessible: %s', async (name, options) => {
    const context = await browser.newContext({ ...options, offline: true })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const complaints: string[] = []
    const requests: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(pathToFileURL(file).href)
    const painted = await page.evaluate(() =>
      [...document.querySelectorAll('canvas')].map((canvas) => {
        const { width, height } = canvas
        return canvas.getContext('2d')!.getImageData(0, 0, width, height).data.some(Boolean)
      }),
    )
    expect(painted).toEqual([true, true, true])
    const { scrollWidth, clientWidth, background } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      clientWidth: document.documentElement.clientWidth,
      background: getComputedStyle(document.body).backgroundColor,
    }))
    expect(scrollWidth).toBe(clientWidth)
    const brightness = Math.max(...background.match(/\d+/g)!.map(Number))
    expect(brightness > 128).toBe(options.colorScheme === 'light')
    await page.hover('#throughput')
    const values = await page.locator('figure:has(#throughput) dd').allInnerTexts()
    expect(values.every((value) => /^[\d,.]+$/.test(value))).toBe(true)
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run(),
    )
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    if (screenshots !== undefined) {
      mkdirSync(screenshots, { recursive: true })
      await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
    }
    expect(complaints).toEqual([])
    expect(requests).toEqual([pathToFileURL(file).href])
  })

  it('takes the colors of the other scheme when that changes', async () => {
    const context = await browser.newContext({ colorScheme: 'light' })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(pathToFileURL(file).href)
    const pixels = (): Promise<string> =>
      page.evaluate(() => document.querySelector('canvas')!.toDataURL())
    const before = await pixels()
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(pixels).not.toBe(before)
    expect(await page.locator('canvas').count()).toBe(3)
  })
})
