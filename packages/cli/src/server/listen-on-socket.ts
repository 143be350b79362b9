import { once } from 'node:events'
import { rm, stat } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { dirname } from 'node:path'
import { StartError } from '../errors.ts'
import { fileProblem } from '../file-problem.ts'
import { backlog } from './listen.ts'

/**
 * Resolves when the server listens on a unix socket. One that a process left behind when it was
 * killed is taken over; one that somebody listens on, or a file that is no socket, is not.
 */
export async function listenOnSocket(server: Server, path: string): Promise<void> {
  await clear(path)
  try {
    server.listen({ path, backlog })
    await once(server, 'listening')
  } catch (error) {
    throw refusal(path, await reasonOf(path, error), { cause: error })
  }
}

async function clear(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket()) {
    throw refusal(path, 'there is a file that is no socket')
  }
  if (await isAnswered(path)) {
    throw refusal(path, 'another process listens there')
  }
  await rm(path, { force: true })
}

/** For a folder that is missing the system says that this user may not. */
async function reasonOf(path: string, error: unknown): Promise<string> {
  const folder = dirname(path)
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  return isThere ? fileProblem(error) : `there is no folder ${folder}`
}

function refusal(path: string, reason: string, options?: ErrorOptions): StartError {
  return new StartError(
    `Cannot listen on ${path}: ${reason}; choose another path with --listen`,
    options,
  )
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    const answer = (isAnsweredThere: boolean) => (): void => {
      socket.destroy()
      resolve(isAnsweredThere)
    }
    socket.once('connect', answer(true)).once('error', answer(false))
  })
}
