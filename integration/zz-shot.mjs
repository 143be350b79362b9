import { chromium } from 'playwright-core'
const [url] = process.argv.slice(2)
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const shot = async (name, options, act) => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.on('console', (m) => console.log(name, m.type(), m.text()))
  page.on('pageerror', (e) => console.log(name, 'ERR', e.message))
  await page.goto(url)
  await page.waitForTimeout(Number(process.argv[3] ?? 6000))
  if (act) await act(page)
  console.log(name, 'scrollWidth', await page.evaluate(() => document.documentElement.scrollWidth))
  await page.screenshot({ path: `/tmp/v1x/${name}.png`, fullPage: true })
  await context.close()
}
await Promise.all([
  shot('light', { viewport: { width: 1280, height: 900 } }),
  shot('dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' }),
  shot('phone', { viewport: { width: 320, height: 640 }, deviceScaleFactor: 2 }),
])
await browser.close()
