import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { createRoutes, readConfig } from '../src/config/read-config.ts'
import { Service } from '../src/server/service.ts'

interface Manifest {
  readonly kind: string
  readonly data?: Readonly<Record<string, string>>
  readonly spec?: { template?: { spec: { containers: readonly Container[] } } }
}

interface Container {
  readonly args: readonly string[]
  readonly readinessProbe: { httpGet: { path: string } }
  readonly livenessProbe: { httpGet: { path: string } }
}

const deploy = new URL('../../../deploy/', import.meta.url)

async function manifests(): Promise<readonly Manifest[]> {
  const text = await readFile(new URL('kubernetes.yaml', deploy), 'utf8')
  return parseAllDocuments(text).map((document) => {
    expect(document.errors).toEqual([])
    return document.toJS() as Manifest
  })
}

describe('The Kubernetes example', () => {
  it('holds a configuration that is served as it stands', async () => {
    const { data = {} } = (await manifests()).find(({ kind }) => kind === 'ConfigMap') ?? {}
    const folder = await mkdtemp(join(tmpdir(), 'jitney-deploy-'))
    for (const [name, text] of Object.entries(data)) await writeFile(join(folder, name), text)
    const path = join(folder, 'jitney.config.yaml')
    const config = await readConfig(path)
    const service = new Service(await createRoutes(path, config), { allowedHosts: ['*'] })
    onTestFinished(async () => {
      await service.stop()
    })
    const answer = await service.app.inject({ method: 'POST', url: '/squares', payload: '12' })
    expect(answer.json()).toBe(144)
  })

  it('probes paths that the service answers', async () => {
    const { spec } = (await manifests()).find(({ kind }) => kind === 'Deployment') ?? {}
    const [container] = spec?.template?.spec.containers ?? []
    const service = new Service([{ name: 'run', batchFunction: (items) => items, options: {} }])
    for (const { httpGet } of [container!.readinessProbe, container!.livenessProbe]) {
      expect((await service.app.inject(httpGet.path)).statusCode).toBe(200)
    }
    await service.stop()
  })
})
