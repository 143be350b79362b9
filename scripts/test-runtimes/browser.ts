import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

import type { CaseResults } from './run-program.ts'

interface Page {
  goto(url: string): Promise<unknown>
  evaluate<Result>(script: string): Promise<Result>
}
interface Browser {
  version(): string
  newPage(): Promise<Page>
  close(): Promise<void>
}
interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> }
}

const imports = {
  jitney: '/node_modules/jitney/dist/index.js',
  'jitney/testing': '/node_modules/jitney/dist/testing/index.js',
}
const page = `<!doctype html><script type="importmap">${JSON.stringify({ imports })}</script>`

/** Runs program.js in Chromium, of the packed library as it is: no bundler in between. */
export async function runInChromium(
  folder: string,
): Promise<{ version: string; results: CaseResults }> {
  const { chromium } = createRequire(join(process.cwd(), 'integration/browser/'))(
    'playwright-core',
  ) as Playwright
  const server = await serve(folder)
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const tab = await browser.newPage()
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const results = await tab.evaluate<CaseResults>(
      "import('/program.js').then(({ runCases }) => runCases())",
    )
    return { version: browser.version(), results }
  } finally {
    await browser.close()
    server.close()
    server.closeAllConnections()
  }
}

async function serve(folder: string): Promise<Server> {
  const server = createServer(({ url = '/' }, response) => {
    const path = new URL(url, 'http://local').pathname
    try {
      const body = path === '/' ? page : readFileSync(join(folder, path))
      const type = path.endsWith('.js') ? 'text/javascript' : 'text/html'
      response.writeHead(200, { 'content-type': type }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  return server
}
