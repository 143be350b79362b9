import { readFileSync } from 'node:fs'

/** A line of a `sh` block. */
interface Command {
  /** Line of the page, from 1. */
  readonly line: number
  readonly text: string
  /** What it prints, if the page says so by `# => TEXT` behind it or in the lines that follow. */
  readonly prints: string | undefined
}

/** What a page tells its reader to type. */
export interface Session {
  readonly page: string
  /** Blocks that begin with a comment that is a file's name, by that name. */
  readonly files: ReadonlyMap<string, string>
  readonly commands: readonly Command[]
}

const fence = /^(\s*)```(\w+)(?:\s+(.*))?$/
const fileName = /^(?:\/\/|#) ([\w-]+\.\w+)/
const told = /^(.*?)\s*# => (.*)$/

/** The commands of all `sh` blocks of a page that are not marked `no-run`, in order. */
export function findCommands(page: string): Session {
  const lines = readFileSync(page, 'utf8').split('\n')
  const files = new Map<string, string>()
  const commands: Command[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const [opening, indent, language, mark] = fence.exec(lines[index] ?? '') ?? []
    if (opening === undefined) continue
    const end = lines.indexOf(`${indent}\`\`\``, index + 1)
    if (end < 0) throw new Error(`Cannot read ${page}:${index + 1}: the block is not closed`)
    const block = lines.slice(index + 1, end)
    if (language === 'sh') {
      if (mark === undefined) commands.push(...commandsOf(block, index + 2))
      else if (mark !== 'no-run') {
        throw new Error(`Cannot read ${page}:${index + 1}: "${mark}" is not a mark, "no-run" is`)
      }
    }
    const [, name] = fileName.exec(block[0] ?? '') ?? []
    if (name !== undefined) files.set(name, `${block.join('\n')}\n`)
    index = end
  }
  return { page, files, commands }
}

function commandsOf(block: readonly string[], first: number): Command[] {
  const commands: Command[] = []
  let begun = ''
  for (const [index, line] of block.entries()) {
    const [, text = line, prints] = told.exec(line) ?? []
    if (text.endsWith('\\')) begun += `${text.slice(0, -1)} `
    else if (text === '' && prints !== undefined) {
      const last = commands.pop()
      if (last === undefined) throw new Error(`Cannot read line ${first + index}: no command`)
      const all = last.prints === undefined ? prints : `${last.prints}\n${prints}`
      commands.push({ ...last, prints: all })
    } else if (text !== '' && !text.startsWith('#')) {
      commands.push({ line: first + index, text: begun + text, prints })
      begun = ''
    }
  }
  return commands
}
