import ts from 'typescript'

/** What a doc comment says, also one that is inherited. */
export interface Comment {
  readonly text: string
  readonly tags: readonly { readonly name: string; readonly text: string }[]
}

interface Documented {
  getDocumentationComment(checker: ts.TypeChecker | undefined): ts.SymbolDisplayPart[]
  getJsDocTags(checker?: ts.TypeChecker): ts.JSDocTagInfo[]
}

const titles: Readonly<Record<string, string>> = {
  default: 'Default',
  returns: 'Returns',
  throws: 'Throws',
}

/** The comment of a symbol, or of one signature of it. */
export function commentOf(checker: ts.TypeChecker, documented: Documented): Comment {
  return {
    text: ts.displayPartsToString(documented.getDocumentationComment(checker)).trim(),
    tags: documented.getJsDocTags(checker).map(({ name, text }) => ({
      name,
      text: ts.displayPartsToString(text).trim(),
    })),
  }
}

/** As Markdown: the text, then what the tags say, examples last. */
export function markdownOf({ text, tags }: Comment): string {
  const parameters = tags
    .filter(({ name }) => name === 'param')
    .map((tag) => tag.text.replaceAll('\n', '\n  ').replace(/^(\S+)\s*/, '- `$1`: '))
  const said = tags.flatMap(({ name, text: words }) =>
    titles[name] === undefined ? [] : [`${titles[name]}: ${ended(words)}`],
  )
  const examples = tags.filter(({ name }) => name === 'example').map((tag) => tag.text)
  // Two lists in a row would be one.
  const title = parameters.length > 0 && endsInList(text) ? ['Parameters:'] : []
  return [text, ...title, parameters.join('\n'), said.join('\n'), ...examples]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** The first sentence, on one line. */
export function firstSentence(text: string): string {
  const [paragraph = ''] = text.split('\n\n')
  return paragraph.replaceAll(/\s+/g, ' ').replace(/(\.|:)( .*|$)/, '.')
}

/** Whether a list that follows would become part of the last one. */
export function endsInList(markdown: string): boolean {
  return markdown.split('\n\n').at(-1)!.startsWith('- ')
}

function ended(text: string): string {
  return /[.!?:`]$|```$/.test(text) ? text : `${text}.`
}
