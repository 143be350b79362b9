import { readFileSync, writeFileSync } from 'node:fs'

/** A module as it was built, and its source map. */
export interface Module {
  readonly code: string
  readonly map: string
  /** The comment that leads from the one to the other. */
  readonly link: string
}

export function readModule(file: string): Module {
  const [code = '', link = ''] = readFileSync(file, 'utf8').split(/^(?=\/\/# sourceMappingURL=)/m)
  return { code, map: readFileSync(`${file}.map`, 'utf8'), link }
}

export function writeModule(file: string, { code, map, link }: Module): void {
  writeFileSync(file, code + link)
  writeFileSync(`${file}.map`, map)
}
