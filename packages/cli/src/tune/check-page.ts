import { access, constants, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartError } from '../errors.ts'
import { pageStart } from './html-report.ts'

/**
 * Makes sure, before anything is measured, that the page can be written there: an earlier page is
 * replaced, and nothing else is.
 */
export async function checkPage(file: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw refusal(file, error.message)
  })
  await access(before === undefined ? dirname(file) : file, constants.W_OK).catch(
    (error: Error) => {
      throw refusal(file, error.message)
    },
  )
  if (before !== undefined && before !== '' && !before.startsWith(pageStart)) {
    throw refusal(file, 'it is there, and no page of jitney tune; name another file')
  }
}

function refusal(file: string, reason: string): StartError {
  return new StartError(`Cannot write --html ${file}: ${reason}`)
}
