import { minify } from 'terser'

import type { Module } from './module.ts'

/** Folds what the minifiers of users leave: constants, values that are used once. Names and lines stay. */
export async function compress({ code, map, link }: Module): Promise<Module> {
  const result = await minify(code, {
    module: true,
    ecma: 2020,
    // A function in the place of its only call is shorter, but more once it is gzipped. None that is a
    // property is a constructor.
    compress: { reduce_funcs: false, unsafe_methods: true },
    mangle: false,
    format: { beautify: true, indent_level: 2, preserve_annotations: true },
    sourceMap: { content: map },
  })
  return { code: `${result.code}\n`, map: result.map as string, link }
}
