import { readdirSync } from 'node:fs'

export const dashboardFolder = 'packages/cli/src/dashboard'

/** The files of the dashboard that are sent as they stand: all but what the compiler reads. */
export function dashboardAssets(): readonly string[] {
  return readdirSync(dashboardFolder).filter((name) => !name.endsWith('.ts'))
}
