import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { ServiceOptions } from '../src/server/service-options.ts'
import { createService, startService } from './helpers/start-service.ts'

const paths = ['/run', '/healthz', '/stats', '/nowhere', '/']

function app(options: ServiceOptions = {}) {
  return createService({ run: (items: unknown[]) => items }, options).service.app
}

describe('A request from a web page', () => {
  it.each(paths)('is refused on %s if its host is a foreign name', async (url) => {
    for (const host of [
      'evil.example',
      'evil.example:8080',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
    ]) {
      const answer = await app().inject({ method: 'POST', url, headers: { host }, payload: '1' })
      expect(answer.json()).toMatchObject({ status: 421, code: 'JITNEY_HOST_REFUSED' })
    }
  })

  it.each(paths)('is refused on %s if it comes from another origin', async (url) => {
    for (const origin of [
      'http://evil.example',
      'null',
      'http://127.0.0.1:1',
      'file://',
      'http://localhost:3000',
    ]) {
      const headers = { host: '127.0.0.1:8080', origin }
      const answer = await app().inject({ method: 'POST', url, headers, payload: '1' })
      expect(answer.json()).toMatchObject({ status: 403, code: 'JITNEY_ORIGIN_REFUSED' })
    }
  })

  it('is served from its own origin', async () => {
    for (const scheme of ['http', 'https']) {
      const headers = { host: 'localhost:8080', origin: `${scheme}://localhost:8080` }
      const answer = await app().inject({ method: 'POST', url: '/run', headers, payload: '1' })
      expect(answer.statusCode).toBe(200)
    }
  })
})

describe('The Host header', () => {
  const statusFor = async (host: string, options: ServiceOptions = {}): Promise<number> =>
    (await app(options).inject({ url: '/healthz', headers: { host } })).statusCode

  it.each([
    'localhost',
    'LOCALHOST:1',
    'localhost.',
    '127.0.0.1',
    '127.1.2.3:9',
    '[::1]',
    '[::1]:8080',
  ])('may be %s', async (host) => expect(await statusFor(host)).toBe(200))

  it.each([
    ':8080',
    '[::1',
    '::1',
    'a b',
    'localhost/x',
    'x@localhost',
    '127.0.0.1, evil',
    '10.0.0.1',
    '*',
  ])('may not be %j', async (host) => expect(await statusFor(host)).toBe(421))

  it('may be a name that was allowed, or the address it listens on', async () => {
    const options = { allowedHosts: ['Models.Internal'] }
    expect(await statusFor('models.internal:80', options)).toBe(200)
    expect(await statusFor('other.internal', options)).toBe(421)
    expect(await statusFor('box.lan', { host: 'box.lan' })).toBe(200)
    expect(await statusFor('any.thing', { allowedHosts: ['*'] })).toBe(200)
  })

  it('may be any address once the service listens beyond loopback, but still no foreign name', async () => {
    for (const host of ['0.0.0.0', '::', '[::]', '192.168.1.5']) {
      expect(await statusFor('10.1.2.3:8080', { host })).toBe(200)
      expect(await statusFor('[2001:db8::1]:8080', { host })).toBe(200)
      expect(await statusFor('evil.example', { host })).toBe(421)
    }
  })
})

describe('The limit on bodies', () => {
  it('counts bytes, not characters', async () => {
    const send = async (payload: string) =>
      (await app({ maxBodySize: 10 }).inject({ method: 'POST', url: '/run', payload })).statusCode
    expect(await send('"üüüü"')).toBe(200)
    expect(await send('"üüüüü"')).toBe(413)
  })

  it('says how many bytes a body may have', async () => {
    const answer = await app({ maxBodySize: 3 }).inject({
      method: 'POST',
      url: '/run',
      payload: '12345',
    })
    expect(answer.json()).toMatchObject({
      status: 413,
      code: 'JITNEY_BODY_TOO_LARGE',
      detail: 'The body is larger than 3 bytes.',
    })
  })
})

describe('A compressed body', () => {
  it.each(['gzip', 'deflate', 'br', 'GZIP, identity', 'x'])('is refused: %s', async (encoding) => {
    const headers = { 'content-encoding': encoding }
    const answer = await app().inject({ method: 'POST', url: '/run', headers, payload: '1' })
    expect(answer.json()).toMatchObject({ status: 415, code: 'JITNEY_ENCODING_REFUSED' })
    expect(answer.headers['accept-encoding']).toBe('identity')
  })

  it('is not one that says identity', async () => {
    const headers = { 'content-encoding': 'Identity' }
    const answer = await app().inject({ method: 'POST', url: '/run', headers, payload: '1' })
    expect(answer.statusCode).toBe(200)
  })
})

describe('Every answer', () => {
  it('tells browsers to keep it to themselves', async () => {
    for (const url of paths) {
      const { headers } = await app().inject({ method: 'POST', url, payload: '1' })
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
      })
      expect(headers['content-security-policy']).toContain("default-src 'none'")
      expect(headers['x-request-id']).toBeTypeOf('string')
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })
})

describe('Service.listen()', () => {
  it('listens on loopback by default', async () => {
    const { url } = await startService({ run: (items: unknown[]) => items })
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('invites a large body only if it fits', async () => {
    const { port } = await startService({ run: (items: unknown[]) => items }, { maxBodySize: 100 })
    const ask = (length: number) =>
      new Promise<string>((resolve, reject) => {
        const headers = { expect: '100-continue', 'content-length': length }
        const asking = request({ port, method: 'POST', path: '/run', headers })
        asking.on('continue', () => asking.end(`"${'x'.repeat(length - 2)}"`))
        asking.on('response', (answer) => {
          resolve(`${answer.statusCode}`)
          asking.destroy()
        })
        asking.on('error', reject)
        asking.flushHeaders()
      })
    expect(await ask(100)).toBe('200')
    expect(await ask(101)).toBe('413')
  })

  it('names the option to change when the port is taken', async () => {
    const { port } = await startService({ run: (items: unknown[]) => items })
    const { service } = createService({ run: (items: unknown[]) => items }, { port })
    await expect(service.listen()).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: another process listens there; choose another port with --port`,
    )
  })
})
