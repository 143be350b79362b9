import { extname } from 'node:path'

/** Whether a file is a configuration by its name, and not a module. */
export function isConfigFile(path: string): boolean {
  return ['.json', '.yaml', '.yml'].includes(extname(path))
}
