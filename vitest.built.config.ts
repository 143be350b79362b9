import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vitest/config'

import sources from './vitest.config.ts'

const conditions = ['node', 'import', 'default']

/** The tests of the library once more, against what was built of it. */
export default defineConfig({
  ...sources,
  resolve: {
    conditions,
    alias: [
      {
        find: /^(?:\.\.\/)+src\/(.*)\.ts$/,
        replacement: fileURLToPath(new URL('packages/jitney/dist/$1.js', import.meta.url)),
      },
    ],
  },
  ssr: { resolve: { conditions } },
  test: {
    ...sources.test,
    include: ['packages/jitney/test/**/*.test.ts'],
  },
})
