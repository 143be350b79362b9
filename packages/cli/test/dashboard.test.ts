import { deferred } from 'jitney/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dashboardFiles } from '../src/dashboard/files.ts'
import { Service } from '../src/server/service.ts'
import { createService, startService } from './helpers/start-service.ts'

const run = (items: unknown[]): unknown[] => items
const paths = dashboardFiles().map(({ path }) => path)

function get(url: string, headers: Record<string, string> = {}, token = '') {
  const { app } = createService({ run }, { token }).service
  return app.inject({ url, headers: { host: '127.0.0.1:8080', ...headers } })
}

describe('GET /', () => {
  it('is a page that names only what the service has', async () => {
    const answer = await get('/')
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    const named = [...answer.body.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, path]) => path!)
    expect(named.length).toBeGreaterThan(4)
    for (const path of named) expect((await get(`/${path}`)).statusCode).toBe(200)
  })

  it('loads only modules that the service has', async () => {
    for (const { path, content, type } of dashboardFiles()) {
      if (!type.startsWith('text/javascript') || path.includes('uplot')) continue
      for (const [, name] of content.matchAll(/from '\.\/([^']+)'/g)) {
        expect(paths).toContain(`/dashboard/${name}`)
      }
    }
  })

  it.each(paths)('runs nothing but its own scripts: %s', async (path) => {
    const { headers, body } = await get(path)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toMatch(/unsafe|\*|http/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    })
    expect(body.replaceAll('http://www.w3.org/', '')).not.toMatch(/["'(]https?:\/\/(?!html\.spec)/)
  })

  it('has no script, style or handler in the page itself', async () => {
    const { body } = await get('/')
    expect(body).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son[a-z]+=|\sstyle=|javascript:/i)
  })

  it('writes no markup from what it is told', () => {
    for (const { path, content } of dashboardFiles()) {
      if (path.includes('uplot')) continue
      expect(content).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b/)
    }
  })

  it('is there without the token that it asks for', async () => {
    for (const path of paths) expect((await get(path, {}, 's3cret')).statusCode).toBe(200)
    const { body } = await get('/', {}, 's3cret')
    expect(body).toContain('<html data-token ')
    expect(body).not.toContain('s3cret')
    expect((await get('/')).body).not.toContain('data-token ')
    expect((await get('/stats', {}, 's3cret')).statusCode).toBe(401)
  })

  it('is there while the routes warm up, as are the numbers', async () => {
    const gate = deferred()
    const warm = { name: 'run', batchFunction: run, options: {}, warmUp: () => gate.promise }
    const service = new Service([warm], { port: 0 })
    onTestFinished(async () => {
      await service.stop()
    })
    const statusOf = async (url: string): Promise<number> =>
      (await service.app.inject(url)).statusCode
    const ready = service.ready()
    for (const path of ['/', '/stats', '/metrics', '/healthz'])
      expect(await statusOf(path)).toBe(200)
    expect((await service.app.inject('/stats')).json()).toMatchObject({ state: 'starting' })
    expect(await statusOf('/readyz')).toBe(503)
    gate.resolve()
    await ready
    expect(await statusOf('/readyz')).toBe(200)
  })

  it('leaves no room for a route of its name', () => {
    for (const name of ['dashboard', 'stats', 'metrics']) {
      expect(() => createService({ [name]: run })).toThrow(`would hide the service's own /${name}`)
    }
  })
})

describe('A page of another origin', () => {
  const everything = ['/', '/dashboard/main.js', '/stats', '/stats/stream', '/metrics', '/run']

  it.each(everything)('gets nothing of %s, by whatever way it asks', async (url) => {
    for (const headers of [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://127.0.0.1:3000' },
      // Images, scripts, forms and frames say no origin, but browsers tell where they come from.
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
      { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' },
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      const answer = await get(url, headers)
      expect(answer.json()).toMatchObject({ status: 403, code: 'JITNEY_ORIGIN_REFUSED' })
      expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  it('opens no stream', async () => {
    const { url, service } = await startService({ run }, { maxStreams: 1 })
    const headers = { origin: 'http://evil.example' }
    for (let round = 0; round < 3; round += 1) {
      expect((await fetch(`${url}/stats/stream`, { headers })).status).toBe(403)
    }
    expect((await service.app.inject('/metrics')).body).toContain('\njitney_open_streams 0\n')
  })

  it('may have a link to the page', async () => {
    const headers = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    expect((await get('/', headers)).statusCode).toBe(200)
  })

  it('is not the page itself, nor whoever types its address', async () => {
    for (const site of ['same-origin', 'none']) {
      expect((await get('/', { 'sec-fetch-site': site })).statusCode).toBe(200)
    }
  })
})
