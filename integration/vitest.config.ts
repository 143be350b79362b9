import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    pool: 'forks',
    globalSetup: './global-setup.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Generous, because only a busy machine makes it that long.
    expect: { poll: { timeout: 30_000 } },
  },
})
