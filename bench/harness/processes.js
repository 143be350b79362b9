import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'

/**
 * Runs a program of Node on a file and throws its output away. Resolves to what it wrote to stderr.
 *
 * @param {readonly string[]} args
 * @param {string} input
 */
export async function runOnFile(args, input) {
  const file = await open(input)
  try {
    const child = spawn(process.execPath, [...args], { stdio: [file.fd, 'ignore', 'pipe'] })
    let errors = ''
    child.stderr?.setEncoding('utf8').on('data', (text) => {
      errors += text
    })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`It ended with ${code}: ${errors}`)
    return errors
  } finally {
    await file.close()
  }
}
