import { readFileSync } from 'node:fs'

/** A fenced `ts` block of a page or of a doc comment. */
export interface Example {
  readonly file: string
  /** Line of the file that the code starts on, from 1. */
  readonly line: number
  readonly code: string
  /** False for a block marked `ts no-run`, which is type-checked only. */
  readonly runs: boolean
}

const opening = /^(\s*)```(?:ts|typescript)(?:\s+(.*))?$/

/** All examples of a Markdown page, or of the doc comments of a TypeScript source. */
export function findExamples(file: string): Example[] {
  const text = readFileSync(file, 'utf8').split('\n')
  const lines = file.endsWith('.ts') ? text.map(commentText) : text
  const examples: Example[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const [fence, indent = '', mark] = opening.exec(lines[index] ?? '') ?? []
    if (fence === undefined) continue
    if (mark !== undefined && mark !== 'no-run') {
      throw new Error(`Cannot read ${file}:${index + 1}: "${mark}" is not a mark, "no-run" is`)
    }
    const end = lines.indexOf(`${indent}\`\`\``, index)
    if (end < 0) throw new Error(`Cannot read ${file}:${index + 1}: the block is not closed`)
    const code = lines.slice(index + 1, end).map((line) => line.slice(indent.length))
    examples.push({ file, line: index + 2, code: code.join('\n'), runs: mark === undefined })
    index = end
  }
  return examples
}

/** What a line of a doc comment says; nothing for a line of code. */
function commentText(line: string): string {
  return /^\s*\* ?(.*)$/.exec(line)?.[1] ?? ''
}
