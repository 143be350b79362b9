import { posix } from 'node:path'
import { type FormatOptions, minify } from 'terser'

import { type Layout, sortBy } from './layout.ts'
import type { Module } from './module.ts'

/** A statement, as the minifier has it. */
interface Statement {
  readonly TYPE: string
  readonly module_name?: { readonly value: string }
  readonly exported_definition?: Statement
  readonly name?: { readonly name: string }
  readonly definitions?: readonly { readonly name: { readonly name: string } }[]
}

/**
 * Moves what a module imports, and the functions that it declares, to their places. Everything else
 * is made in the order in which it stands.
 *
 * @param path of the module, without extension.
 */
export async function arrange(
  { code, map, link }: Module,
  path: string,
  layout: Layout,
): Promise<Module> {
  const untouched = { module: true, ecma: 2020, compress: false, mangle: false } as const
  // Its types do not know of the tree, which it takes and gives.
  const format = { ast: true, code: false } as FormatOptions
  const { ast } = (await minify(code, { ...untouched, format })) as { ast: { body: Statement[] } }
  ast.body = inOrder(ast.body, path, layout)
  const result = await minify(ast as unknown as string, {
    ...untouched,
    format: { beautify: true, indent_level: 2, preserve_annotations: true },
    sourceMap: { content: map },
  })
  return { code: `${result.code}\n`, map: result.map as string, link }
}

function inOrder(body: readonly Statement[], path: string, layout: Layout): Statement[] {
  const imported = ({ module_name: name }: Statement): string =>
    posix.join(path, '..', name?.value ?? '').replace(/\.js$/, '')
  const imports = sortBy(
    body.filter((statement) => statement.module_name),
    Object.keys(layout),
    imported,
  )
  const own = body.filter((statement) => !statement.module_name)
  const rest = own.filter((statement) => !isFunction(statement))
  const sorted = sortBy(own, layout[path] ?? [], nameOf)
  return [
    ...imports,
    ...sorted.map((statement) => (isFunction(statement) ? statement : (rest.shift() as Statement))),
  ]
}

function isFunction({ exported_definition: exported, TYPE: type }: Statement): boolean {
  return exported ? isFunction(exported) : type === 'Defun'
}

function nameOf({ exported_definition: exported, name, definitions }: Statement): string {
  return exported ? nameOf(exported) : (name?.name ?? definitions?.[0]?.name.name ?? '')
}
