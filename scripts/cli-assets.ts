import { readdirSync } from 'node:fs'

/** Folders of the command with files that are sent, or put into pages, as they stand. */
const folders = ['dashboard', 'tune/page']

/** The paths of such files below `packages/cli/src`: all in these folders but what the compiler reads. */
export function cliAssets(): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(`packages/cli/src/${folder}`)
      .filter((name) => !name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  )
}
