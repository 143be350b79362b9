import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { StartError } from '../errors.ts'

/** Refuses a command that does not exist, before a million items fail for it. */
export function checkCommand(file: string): void {
  // Windows tries several endings for a name.
  if (process.platform === 'win32') return
  const folders = file.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter)
  if (folders.some((folder) => isExecutable(folder === '' ? file : join(folder, file)))) return
  throw new StartError(
    `Cannot run ${file}: there is no such command${file.includes('/') ? '' : ' in the PATH'}`,
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
