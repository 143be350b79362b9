import { transform } from 'esbuild'

import type { Module } from './module.ts'

/** Gives properties their short names. */
export async function shorten(
  module: Module,
  shortNames: ReadonlyMap<string, string>,
): Promise<Module> {
  const names = [...shortNames.keys()].join('|')
  const { code, map, link } = module
  if (!new RegExp(`\\b(?:${names})\\b`).test(code)) return module
  const inline = `data:application/json;base64,${Buffer.from(map).toString('base64')}`
  const result = await transform(`${code}//# sourceMappingURL=${inline}`, {
    mangleProps: new RegExp(`^(?:${names})$`),
    mangleCache: Object.fromEntries(shortNames),
    sourcemap: 'external',
    sourcesContent: false,
  })
  // One name for two properties of an object would be told of by the next one who reads the code.
  const { warnings } = await transform(result.code, { logLevel: 'silent' })
  if (warnings[0] !== undefined) throw new Error(`Cannot shorten names: ${warnings[0].text}`)
  return { code: result.code, map: result.map, link }
}
