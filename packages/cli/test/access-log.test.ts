import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { manualBatches } from 'jitney/testing'
import type { AccessEntry } from '../src/log/access-entry.ts'
import { startService } from './helpers/start-service.ts'

async function startLogged(batchFunction: (items: unknown[]) => unknown, options: object = {}) {
  const entries: AccessEntry[] = []
  const onAccess = (entry: AccessEntry): void => void entries.push(entry)
  const started = await startService({ run: batchFunction }, { ...options, onAccess })
  return { ...started, entries }
}

const same = (items: unknown[]): unknown[] => items

describe('The access log', () => {
  it('tells id, route, status, duration and sizes, and nothing else', async () => {
    const { url, entries } = await startLogged(same)
    const answer = await fetch(`${url}/run?secret=1`, {
      method: 'POST',
      headers: { 'x-request-id': 'mine', authorization: 'Bearer secret' },
      body: '"secret"',
    })
    await answer.text()
    await expect.poll(() => entries.length).toBe(1)
    const [entry] = entries
    expect(entry).toEqual({
      requestId: 'mine',
      method: 'POST',
      route: '/run',
      status: 200,
      duration: expect.any(Number) as number,
      bytesIn: 8,
      bytesOut: 8,
      complete: true,
    })
    expect(entry!.duration).toBeGreaterThan(0)
    expect(JSON.stringify(entries)).not.toContain('secret')
  })

  it('tells nothing of a path that nothing answers', async () => {
    const { url, entries } = await startLogged(same)
    for (const path of ['/secret', '/run/secret', '/secret/batch', '/run%0asecret']) {
      await (await fetch(url + path, { method: 'POST', body: '1' })).text()
    }
    await expect.poll(() => entries.length).toBe(4)
    expect(JSON.stringify(entries)).not.toContain('secret')
    for (const { route, status } of entries) expect([route, status]).toEqual([undefined, 404])
  })

  it('counts the bodies of streams, without the heads of their chunks', async () => {
    const { url, entries } = await startLogged(same)
    const answer = await fetch(`${url}/run/batch`, { method: 'POST', body: '1\n2\n3\n' })
    const text = await answer.text()
    await expect.poll(() => entries.length).toBe(1)
    expect(entries[0]).toMatchObject({ route: '/run/batch', status: 200, bytesIn: 6 })
    expect(entries[0]!.bytesOut).toBe(Buffer.byteLength(text))
  })

  it('says 499 of a client that went before its answer', async () => {
    const batches = manualBatches<unknown, unknown>()
    const { port, entries } = await startLogged(batches.batchFunction as never)
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /run HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\n\r\n1')
    await expect.poll(() => batches.calls.length).toBe(1)
    socket.destroy()
    await expect.poll(() => entries.length).toBe(1)
    expect(entries[0]).toMatchObject({ status: 499, complete: false, bytesIn: 1, bytesOut: 0 })
    batches.calls[0]?.resolve([1])
  })

  it('tells of what the door refuses as well', async () => {
    const { url, entries } = await startLogged(same, { maxBodySize: 3, token: 't' })
    const authorization = 'Bearer t'
    await (await fetch(`${url}/run`, { method: 'POST', body: '1' })).text()
    await (
      await fetch(`${url}/run`, { method: 'POST', body: '12345', headers: { authorization } })
    ).text()
    await (await fetch(`${url}/healthz`)).text()
    await expect.poll(() => entries.length).toBe(3)
    expect(entries.map(({ route, status }) => [route, status])).toEqual([
      ['/run', 401],
      ['/run', 413],
      ['/healthz', 200],
    ])
  })
})

describe('A failure report', () => {
  it('names the request that met it', async () => {
    const { url, failures } = await startLogged(() => Promise.reject(new Error('disk full')))
    const headers = { 'x-request-id': 'mine' }
    await (await fetch(`${url}/run`, { method: 'POST', body: '1', headers })).text()
    await (await fetch(`${url}/run/batch`, { method: 'POST', body: '1', headers })).text()
    expect(failures[0]).toMatch(/^\/run failed: Error: disk full\n[^]*\n {4}in request mine$/)
  })
})
