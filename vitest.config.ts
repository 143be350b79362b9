import { defineConfig } from 'vitest/config'

// From source. What tests the built packages starts a process that does not know the condition.
const conditions = ['jitney:source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'examples/**/*.test.ts', 'scripts/**/*.test.ts'],
    pool: 'forks',
    execArgv: ['--expose-gc'],
    coverage: {
      include: ['packages/*/src/**/*.ts'],
    },
  },
})
