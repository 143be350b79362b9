import { split } from 'shlex'

/** The words of a command, cut as a shell would. Throws an error whose message is the reason. */
export function cutWords(text: string): readonly string[] {
  try {
    return split(text)
  } catch (error) {
    const isQuote = (error as Error).message.includes('quoted')
    const reason = isQuote ? 'a quote is not closed' : 'nothing follows its last backslash'
    throw new Error(reason, { cause: error })
  }
}
