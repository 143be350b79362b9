import { once } from 'node:events'
import type { FileHandle } from 'node:fs/promises'
import { createServer } from 'node:net'

/** Where a socket has a name and no file: it goes with its process, however that ends. */
const prefix = { linux: '\0', win32: '\\\\.\\pipe\\' }[process.platform as string]

/**
 * Claims a file for this process, until that ends. Resolves to false if another process of this
 * machine has claimed it. Where there are no such sockets, nobody is kept out.
 */
export async function claimFile(file: FileHandle): Promise<boolean> {
  if (prefix === undefined) return true
  const { dev, ino } = await file.stat()
  const server = createServer((socket) => socket.destroy()).unref()
  server.listen(`${prefix}jitney-map-${dev}-${ino}`)
  try {
    await once(server, 'listening')
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EADDRINUSE'
  }
}
