import { defineConfig } from 'vitest/config'

// From source. What tests the built packages starts a process that does not know the condition.
const conditions = ['jitney:source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'examples/**/*.test.ts',
      'scripts/**/*.test.ts',
      'bench/dispatch/*.test.ts',
    ],
    pool: 'forks',
    // Generous, because no test waits for time: only a busy machine makes them slow.
    testTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
    execArgv: ['--expose-gc'],
    coverage: {
      include: ['packages/*/src/**/*.ts'],
    },
  },
})
