import { once } from 'node:events'
import type { Server } from 'node:net'
import { StartError } from '../errors.ts'

/** Enough for a thousand clients that connect in the same moment; the system may cap it. */
export const backlog = 4096

/** Resolves when the server listens; rejects with a `StartError` that says what to change. */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen({ host, port, backlog })
    await once(server, 'listening')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new StartError(`Cannot listen on ${host}:${port}: ${reasons[code ?? ''] ?? message}`, {
      cause: error,
    })
  }
}

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there; choose another port with --port (0 takes a free one)',
  EACCES: 'this user may not; choose a port of 1024 or above with --port',
  EADDRNOTAVAIL: 'this machine has no such address; choose another with --host',
  ENOTFOUND: 'there is no host of that name; choose another with --host',
}
