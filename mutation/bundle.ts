import { readdirSync } from 'node:fs'
import { join } from 'node:path'

import { build } from 'esbuild'

import { isLeftOut } from './left-out.ts'

const harness = join(import.meta.dirname, 'harness.ts')

/** Makes one module of the core, as Stryker changed it in `sandbox`, and of its tests. */
export async function bundle(sandbox: string, outfile: string): Promise<void> {
  const folder = join(sandbox, 'packages/jitney/test')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !isLeftOut(file))
    .toSorted()
  const contents = [
    `import { nextFile } from ${JSON.stringify(harness)}`,
    `export { tests } from ${JSON.stringify(harness)}`,
    ...files.map((file) => {
      const [name, path] = [JSON.stringify(file), JSON.stringify(join(folder, file))]
      return `nextFile(${name})\nawait import(${path})`
    }),
  ].join('\n')
  await build({
    stdin: { contents, resolveDir: sandbox, loader: 'js' },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Errors are known by their names.
    keepNames: true,
    // Stryker's directives for the compiler are not for esbuild.
    tsconfigRaw: {},
    logLevel: 'error',
    plugins: [
      {
        name: 'sandbox',
        setup({ onResolve }) {
          onResolve({ filter: /^vitest$/ }, ({ importer }) =>
            importer === harness ? { path: 'vitest', external: true } : { path: harness },
          )
          onResolve({ filter: /^jitney(?:\/.*)?$/ }, ({ path }) => {
            const entry = path.replace(/^jitney\/?/, '')
            return { path: join(sandbox, 'packages/jitney/src', entryFile(entry)) }
          })
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === 'entry-point' ? undefined : { path, external: true },
          )
        },
      },
    ],
  })
}

function entryFile(entry: string): string {
  if (entry === 'dataloader') return 'compat/dataloader/index.ts'
  return join(entry, 'index.ts')
}
