import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { readToken } from '../src/commands/read-token.ts'
import { Service } from '../src/server/service.ts'
import { createService } from './helpers/start-service.ts'

const folder = await mkdtemp(join(tmpdir(), 'jitney-security-'))
const run = (items: unknown[]): unknown[] => items

describe('The bearer token', () => {
  const { token } = { token: 's3cret/token=' }
  const statusOf = async (url: string, authorization?: string): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization }
    const { app } = createService({ run }, { token }).service
    const method = url === '/run' || url === '/run/batch' ? 'POST' : 'GET'
    const payload = method === 'POST' ? { payload: '1' } : {}
    return (await app.inject({ method, url, headers, ...payload })).statusCode
  }

  it.each(['/run', '/run/batch', '/stats', '/openapi.json', '/nowhere'])(
    'is asked for on %s',
    async (url) => {
      for (const shown of [undefined, '', 'Bearer', 'Bearer wrong', `Basic ${token}`, token]) {
        expect(await statusOf(url, shown)).toBe(401)
      }
      expect(await statusOf(url, `Bearer ${token}x`)).toBe(401)
      expect(await statusOf(url, `Bearer ${token}`)).toBe(url === '/nowhere' ? 404 : 200)
      expect(await statusOf(url, `bearer  ${token}`)).toBe(url === '/nowhere' ? 404 : 200)
    },
  )

  it.each(['/healthz', '/readyz'])('is not asked for on %s', async (url) => {
    expect(await statusOf(url)).toBe(200)
  })

  it('is said to be missing by a challenge, and is not in the answer', async () => {
    const { app } = createService({ run }, { token }).service
    const answer = await app.inject('/stats')
    expect(answer.headers['www-authenticate']).toBe('Bearer')
    expect(answer.json()).toMatchObject({ status: 401, code: 'JITNEY_UNAUTHORIZED' })
    expect(answer.body).not.toContain(token)
  })

  it('comes from a file, or from the environment, and is text without white space', async () => {
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(await readToken(undefined)).toBe('')
    vi.stubEnv('JITNEY_TOKEN', 'from-env')
    expect(await readToken(undefined)).toBe('from-env')
    const file = join(folder, 'token')
    await writeFile(file, 'from-file\n')
    expect(await readToken(file)).toBe('from-file')
    await writeFile(file, ' \n')
    await expect(readToken(file)).rejects.toThrow('received nothing')
    await writeFile(file, 'two words')
    await expect(readToken(file)).rejects.toThrow('text without white space')
    await expect(readToken(join(folder, 'none'))).rejects.toThrow(
      /^Cannot take the token from .*none \(--token-file\): there is no such file or folder$/,
    )
    await expect(readToken(folder)).rejects.toThrow('expected a file, received a folder')
  })
})

describe('A unix socket', () => {
  const serve = (path: string): Service => {
    const service = new Service([{ name: 'run', batchFunction: run, options: {} }], {
      listen: path,
    })
    onTestFinished(async () => {
      await service.stop({ signal: AbortSignal.abort() })
    })
    return service
  }

  it('is listened on, and taken away at the end', async () => {
    const path = join(folder, 'a.sock')
    const service = serve(path)
    expect(await service.listen()).toBe(`unix:${path}`)
    const call = request({ socketPath: path, path: '/run', method: 'POST' }).end('7')
    const [answer] = (await once(call, 'response')) as [AsyncIterable<Buffer>]
    const parts: Buffer[] = []
    for await (const part of answer) parts.push(part)
    expect(Buffer.concat(parts).toString()).toBe('7')
    call.destroy()
    await service.stop()
    await expect(stat(path)).rejects.toThrow('ENOENT')
  })

  it('that another process listens on is refused, as is a file that is none', async () => {
    const path = join(folder, 'b.sock')
    const other = createServer().listen(path)
    await once(other, 'listening')
    await expect(serve(path).listen()).rejects.toThrow('another process listens there')
    other.close()
    const file = join(folder, 'plain')
    await writeFile(file, 'kept')
    await expect(serve(file).listen()).rejects.toThrow('a file that is no socket')
    expect(await readFile(file, 'utf8')).toBe('kept')
    const nowhere = join(folder, 'none')
    await expect(serve(join(nowhere, 'c.sock')).listen()).rejects.toThrow(
      `there is no folder ${nowhere}; choose another path with --listen`,
    )
  })
})

describe('GET /openapi.json', () => {
  it('describes the routes that there are', async () => {
    const { service } = createService({ run }, { token: 't' })
    const headers = { authorization: 'Bearer t' }
    const described = async (): Promise<{ paths: object }> =>
      (await service.app.inject({ url: '/openapi.json', headers })).json()
    expect(await described()).toMatchObject({
      openapi: '3.1.1',
      paths: { '/run': { post: { operationId: 'run' } }, '/run/batch': {}, '/stats': {} },
      security: [{ token: [] }],
    })
    await service.reload([{ name: 'other', batchFunction: run, options: {} }])
    expect(Object.keys((await described()).paths)).toEqual(
      expect.arrayContaining(['/other', '/other/batch']),
    )
    expect(Object.keys((await described()).paths)).not.toContain('/run')
  })
})
