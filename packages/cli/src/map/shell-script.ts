import type { Template } from './template.ts'

/**
 * A script for `sh -c` whose places are its parameters. An item is never a part of the script, so
 * it cannot become a command, whatever it holds and wherever it stands. Quotes around a place are
 * minded, so that an item stays one word.
 */
export function shellScript({ texts }: Template): string {
  let script = ''
  let quote = ''
  for (const [position, text] of texts.entries()) {
    quote = quoteAfter(text, quote)
    script += text
    if (position === texts.length - 1) break
    const parameter = `\${${position + 1}}`
    if (quote === '"') script += parameter
    else if (quote === "'") script += `'"${parameter}"'`
    else script += `"${parameter}"`
  }
  return script
}

/** The quote that is open after this text. */
function quoteAfter(text: string, quote: string): string {
  let open = quote
  for (let position = 0; position < text.length; position++) {
    const character = text[position]!
    if (character === '\\' && open !== "'") position += 1
    else if (open === '' && (character === '"' || character === "'")) open = character
    else if (character === open) open = ''
  }
  return open
}
