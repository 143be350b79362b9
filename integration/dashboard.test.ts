import { once } from 'node:events'
import { mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'

import { findService } from './services.ts'
import { type Served, serveModule } from './served-module.ts'

const executablePath = findService('chromium')
const require = createRequire(import.meta.url)
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
/** Where screenshots go, for people to look at; none without it. */
const screenshots = process.env['JITNEY_SCREENSHOTS']

const batchModule = `
export const squares = (numbers) =>
  numbers.map((number) => (number < 0 ? new Error('negative') : number * number))
export const echo = (items) => items
`

describe.skipIf(executablePath === undefined)('the dashboard in Chromium', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] })
  })
  afterAll(() => browser.close())

  it('shows what the load generator sent, which is what /metrics says', async () => {
    await using served = await serveModule(batchModule)
    const { page, complaints } = await open(served)
    await load(served, '/squares', 200, (index) => index - 20)
    await load(served, '/echo', 50, (index) => index)
    await expect.poll(() => cell(page, 'squares', 'requests')).toBe('200')
    await expect.poll(() => cell(page, 'echo', 'requests')).toBe('50')
    const metrics = await metricsOf(served)
    for (const route of ['squares', 'echo']) {
      const shown = async (column: string): Promise<number> =>
        Number((await cell(page, route, column)).replaceAll(',', ''))
      const counted = (name: string, more = ''): number =>
        metrics.get(`${name}{route="${route}"${more}}`) ?? 0
      expect(await shown('requests')).toBe(counted('jitney_requests_total'))
      expect(await shown('batches')).toBe(counted('jitney_batch_size_items_count'))
      expect(await shown('fulfilled')).toBe(counted('jitney_items_total', ',outcome="fulfilled"'))
      expect(await shown('rejected')).toBe(counted('jitney_items_total', ',outcome="rejected"'))
      expect(await shown('refused')).toBe(0)
    }
    expect(await cell(page, 'squares', 'rejected')).toBe('20')
    const tile = (name: string): Promise<string> =>
      page.locator(`[data-tile=${name}] dd`).nth(1).innerText()
    expect(await tile('requests')).toContain('250 in all')
    const numbersOf = async (id: string): Promise<number> => {
      const cells = await page.locator(`#${id} td.number`).allInnerTexts()
      return cells.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0)
    }
    const batches = [...metrics]
      .filter(([name]) => name.startsWith('jitney_batches_total'))
      .reduce((sum, [, value]) => sum + value, 0)
    expect(await numbersOf('sizes')).toBe(batches)
    expect(await numbersOf('reasons')).toBe(batches)
    expect(await numbersOf('answers')).toBe(250)
    expect(await page.locator('#answers tr[data-name="500"] td.number').innerText()).toBe('20')
    expect(await page.locator('#health-word').innerText()).toBe('Some fail')
    await page.locator('#route').selectOption('echo')
    expect(await tile('requests')).toContain('50 in all')
    expect(await numbersOf('answers')).toBe(50)
    expect(complaints).toEqual([])
  })

  it.each([
    ['light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' }],
    ['dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }],
    ['phone', { viewport: { width: 320, height: 640 }, colorScheme: 'light' }],
    ['phone-dark', { viewport: { width: 320, height: 640 }, colorScheme: 'dark' }],
  ] as const)('is readable and accessible: %s', async (name, options) => {
    await using served = await serveModule(batchModule)
    const { page, complaints } = await open(served, { ...options, reducedMotion: 'reduce' })
    await load(served, '/squares', 300, (index) => index - 3)
    await expect.poll(() => cell(page, 'squares', 'requests')).toBe('300')
    for (const summary of await page.locator('summary').all()) await summary.click()
    const { scrollWidth, clientWidth, background } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      clientWidth: document.documentElement.clientWidth,
      background: getComputedStyle(document.body).backgroundColor,
    }))
    expect(scrollWidth).toBe(clientWidth)
    const brightness = Math.max(...background.match(/\d+/g)!.map(Number))
    expect(brightness > 128).toBe(options.colorScheme === 'light')
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } }).axe.run(),
    )
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
    expect(found).toEqual([])
    if (screenshots !== undefined) {
      mkdirSync(screenshots, { recursive: true })
      await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
    }
    expect(complaints).toEqual([])
  })

  it('can be walked through with the keyboard', async () => {
    await using served = await serveModule(batchModule)
    const { page } = await open(served)
    await load(served, '/echo', 5, (index) => index)
    await expect.poll(() => cell(page, 'echo', 'requests')).toBe('5')
    const visited: string[] = []
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab')
      const { name, outline } = await page.evaluate(() => {
        const element = document.activeElement!
        const marked = element.matches('input[type=radio]') ? element.nextElementSibling! : element
        return {
          name: element.id || element.getAttribute('aria-label') || marked.textContent.trim(),
          outline: getComputedStyle(marked).outlineStyle,
        }
      })
      if (name === '' || (await page.evaluate(() => document.activeElement === document.body)))
        break
      visited.push(name)
      expect([name, outline]).not.toEqual([name, 'none'])
    }
    expect(visited.slice(0, 3)).toEqual(['Skip to the numbers', 'route', 'pause'])
    expect(visited.filter((name) => name === 'As a table')).toHaveLength(4)
    expect(visited).toEqual(expect.arrayContaining(['Since start', 'metrics', 'stats', 'OpenAPI']))
    const pause = page.locator('#pause')
    for (const pressed of ['true', 'false']) {
      await pause.press('Space')
      expect(await pause.getAttribute('aria-pressed')).toBe(pressed)
    }
    await page.locator('input[name=span]').first().focus()
    await page.keyboard.press('ArrowRight')
    expect(await page.locator('input[name=span]').last().isChecked()).toBe(true)
    await page.locator('details').first().locator('summary').press('Enter')
    await expect.poll(() => page.locator('details tbody tr').count()).toBeGreaterThan(0)
  })

  it('asks for the token, keeps it in this tab alone, and sends it in a header', async () => {
    await using served = await serveModule(batchModule, { token: 's3cret' })
    const { page, context, complaints, urls } = await open(served, {}, '#token-form')
    expect(complaints).toEqual([])
    expect(await page.evaluate(() => document.activeElement!.id)).toBe('token')
    await page.keyboard.type('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('The service refused this token.').waitFor()
    await page.locator('#token').fill('s3cret')
    await page.keyboard.press('Enter')
    await page.locator('#board').waitFor()
    expect(await page.locator('#health-word').innerText()).toBe('Healthy')
    await page.reload()
    await page.locator('#board').waitFor()
    expect(await page.evaluate(() => [sessionStorage.length, localStorage.length])).toEqual([1, 0])
    expect(await context.cookies()).toEqual([])
    expect(urls.join()).not.toContain('s3cret')
    const other = await context.newPage()
    await other.goto(served.url)
    await other.locator('#token-form').waitFor()
  })

  it('survives that the service is started again, and says so meanwhile', async () => {
    const before = await serveModule(batchModule)
    onTestFinished(() => before.kill())
    const { page } = await open(before)
    await load(before, '/echo', 7, (index) => index)
    await expect.poll(() => cell(page, 'echo', 'requests')).toBe('7')
    await before.kill()
    await page.locator('#pause').click()
    await expect.poll(() => page.locator('#health-word').innerText()).toBe('Disconnected')
    expect(await page.title()).toContain('Disconnected')
    await using after = await serveModule(batchModule, { port: before.port })
    await expect.poll(() => page.locator('#health-word').innerText(), slowly).toBe('Healthy')
    expect(await cell(page, 'echo', 'requests')).toBe('7')
    await page.locator('#pause').click()
    expect(await cell(page, 'echo', 'requests')).toBe('0')
    await load(after, '/echo', 3, (index) => index)
    await expect.poll(() => cell(page, 'echo', 'requests')).toBe('3')
  })

  it('shows the queue of a route that has one, and says when it is not to be reached', async () => {
    await using served = await serveModule(batchModule)
    const { page: plain } = await open(served)
    expect(await plain.locator('#queues').isVisible()).toBe(false)
    const empty = { sum: 0, count: 0, buckets: [] }
    const histograms = { latency: empty, queueTime: empty, batchDuration: empty, batchSize: empty }
    const queue = { queued: 1234, delayed: 2, active: 30, dead: 5, oldestAge: 2500, workers: 4 }
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.route('**/stats/stream', async (route) => {
      const stats = (await (await fetch(`${served.url}/stats`)).json()) as {
        routes: Record<string, object>
      }
      const more = { ...histograms, slots: 0, answers: {}, reasons: {}, maxQueueSize: 10 }
      const routes = {
        echo: { ...stats.routes['echo'], ...more },
        far: { ...stats.routes['echo'], ...more, queue },
        gone: { ...stats.routes['echo'], ...more, queue: null },
      }
      const data = JSON.stringify({ ...stats, routes, version: '1', state: 'open' })
      await route.fulfill({
        contentType: 'text/event-stream',
        body: `event: stats\ndata: ${data}\n\n`,
      })
    })
    await page.goto(served.url)
    await page.locator('#queues').waitFor()
    const rows = page.locator('#queues-table tbody tr')
    expect(
      await rows.evaluateAll((all) =>
        all.map((row) => (row as HTMLTableRowElement).innerText.split('\t')),
      ),
    ).toEqual([
      ['/far', '1,234', '2.5 s', '2', '30', '4', '5'],
      ['/gone', ...Array.from({ length: 6 }, () => 'not reached')],
    ])
  })

  it('runs nothing that it is told, whatever routes are called', async () => {
    await using served = await serveModule(batchModule)
    const name = '<img src=x onerror="globalThis.driven=1"><script>globalThis.driven=1</script>'
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.route('**/stats/stream', async (route) => {
      const answer = await fetch(`${served.url}/stats`)
      const stats = (await answer.json()) as { routes: Record<string, object> }
      const empty = { sum: 0, count: 0, buckets: [] }
      const [times, tables] = [
        { latency: empty, queueTime: empty, batchDuration: empty, batchSize: empty, slots: 1 },
        { answers: { [name]: 1 }, reasons: { [name]: 1 }, maxQueueSize: 1 },
      ]
      const routes = { [name]: { ...stats.routes['echo'], ...times, ...tables } }
      const data = JSON.stringify({ ...stats, routes, version: name, state: name })
      const body = `event: stats\ndata: ${data}\n\n`
      await route.fulfill({ contentType: 'text/event-stream', body })
    })
    await page.goto(served.url)
    await page.locator('#board').waitFor()
    expect(await page.locator('#routes tbody th').innerText()).toBe(`/${name}`)
    expect(await page.locator('img, main script').count()).toBe(0)
    expect(await page.evaluate(() => 'driven' in globalThis)).toBe(false)
  })

  it('is not driven by a page of another origin', async () => {
    await using served = await serveModule(batchModule)
    const attack = `<!doctype html><title>attack</title><script>
      const url = ${JSON.stringify(served.url)}
      const tries = ['cors', 'no-cors'].flatMap((mode) => [
        fetch(url + '/echo', { method: 'POST', mode, body: '1' }),
        fetch(url + '/echo/batch', { method: 'POST', mode, body: '1' }),
        fetch(url + '/stats/stream', { mode }),
        fetch(url + '/stats', { mode }),
      ])
      for (const path of ['/stats/stream', '/dashboard/icon.svg']) {
        tries.push(new Promise((resolve, reject) => {
          const image = new Image()
          image.onload = resolve
          image.onerror = reject
          image.src = url + path
        }))
      }
      Promise.allSettled(tries).then((ends) => {
        document.title = ends.filter(({ status }) => status === 'fulfilled').length + ' came through'
      })
    </script><iframe src="${served.url}/"></iframe>
    <iframe name="target"></iframe>
    <form id="form" action="${served.url}/echo" method="post" enctype="text/plain" target="target"><input name="1" value="" /></form>
    <script>document.getElementById('form').submit()</script>`
    const server = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(attack)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const page = await context.newPage()
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}`)
    await expect.poll(() => page.title()).toBe('0 came through')
    const metrics = await metricsOf(served)
    expect(metrics.get('jitney_requests_total{route="echo"}')).toBe(0)
    expect(metrics.get('jitney_open_streams')).toBe(0)
  })

  /** Opens the page until the test ends; `complaints` are what its console and its scripts complain of. */
  async function open(
    { url }: Served,
    options: BrowserContextOptions = {},
    awaited = '#board',
  ): Promise<{
    page: Page
    context: Awaited<ReturnType<Browser['newContext']>>
    complaints: string[]
    urls: string[]
  }> {
    const context = await browser.newContext(options)
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const complaints: string[] = []
    const urls: string[] = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => urls.push(request.url()))
    await page.goto(url)
    await page.locator(awaited).waitFor()
    return { page, context, complaints, urls }
  }
})

interface Violation {
  readonly id: string
  readonly nodes: readonly { readonly html: string }[]
}

const slowly = { timeout: 20_000 }

/** A closed loop of ten callers. */
async function load(
  { url }: Served,
  path: string,
  count: number,
  itemOf: (index: number) => unknown,
): Promise<void> {
  let next = 0
  const caller = async (): Promise<void> => {
    while (next < count) {
      const body = JSON.stringify(itemOf(next++))
      await (await fetch(url + path, { method: 'POST', body })).arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: 10 }, caller))
}

function cell(page: Page, route: string, column: string): Promise<string> {
  return page.locator(`#routes tr[data-route="${route}"] td[data-column="${column}"]`).innerText()
}

async function metricsOf({ url }: Served): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ')
      return [line.slice(0, end), Number(line.slice(end + 1))]
    }),
  )
}
