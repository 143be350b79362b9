import { getBuiltinModule } from 'node:process'

/** What there is on this runtime: libsql everywhere, and from Node 22.13 on SQLite of its own. */
export const bindings: readonly { readonly name: string; readonly binding: string | undefined }[] =
  [
    { name: 'libsql', binding: import.meta.resolve('libsql') },
    ...(getBuiltinModule('node:sqlite') === undefined
      ? []
      : [{ name: 'node:sqlite', binding: undefined }]),
  ]
