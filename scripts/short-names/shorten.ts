import { transform } from 'esbuild'

/** A module as the compiler wrote it, and its source map. */
export interface Module {
  readonly code: string
  readonly map: string
}

/** Gives properties their short names. The map leads to the same sources as before. */
export async function shorten(
  { code, map }: Module,
  shortNames: ReadonlyMap<string, string>,
): Promise<Module> {
  const names = [...shortNames.keys()].join('|')
  if (!new RegExp(`\\b(?:${names})\\b`).test(code)) return { code, map }
  const [head, link = ''] = code.split(/^(?=\/\/# sourceMappingURL=)/m)
  const inline = `data:application/json;base64,${Buffer.from(map).toString('base64')}`
  const result = await transform(`${head}//# sourceMappingURL=${inline}`, {
    mangleProps: new RegExp(`^(?:${names})$`),
    mangleCache: Object.fromEntries(shortNames),
    sourcemap: 'external',
    sourcesContent: false,
  })
  // One name for two properties of an object would be told of by the next one who reads the code.
  const { warnings } = await transform(result.code, { logLevel: 'silent' })
  if (warnings[0] !== undefined) throw new Error(`Cannot shorten names: ${warnings[0].text}`)
  return { code: result.code + link, map: result.map }
}
