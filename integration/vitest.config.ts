import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    pool: 'forks',
    globalSetup: './global-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
