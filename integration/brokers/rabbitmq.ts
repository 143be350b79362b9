import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { connect } from 'amqplib'

import { freePort } from '../free-port.ts'

const bin = '/usr/lib/rabbitmq/bin'
const execute = promisify(execFile)

/** A RabbitMQ of our own, which keeps its data over restarts. */
export interface RabbitMq extends AsyncDisposable {
  readonly url: string
  /** Kills it, or stops it in order. */
  stop(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>
  start(): Promise<void>
}

export async function startRabbitMq(): Promise<RabbitMq> {
  const folder = mkdtempSync(join(tmpdir(), 'jitney-rabbitmq-'))
  const [port, distribution, epmdPort] = [await freePort(), await freePort(), await freePort()]
  const url = `amqp://127.0.0.1:${port}`
  writeFileSync(join(folder, 'plugins'), '[].\n')
  writeFileSync(join(folder, 'rabbitmq.conf'), `listeners.tcp.1 = 127.0.0.1:${port}\n`)
  const env = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `jitney${port}@localhost`,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1',
  }
  const epmd = spawn('epmd', ['-port', String(epmdPort)], { env, stdio: 'ignore' })
  let server: ChildProcess | undefined

  const start = async (): Promise<void> => {
    server = spawn(join(bin, 'rabbitmq-server'), [], { env, stdio: 'ignore', detached: true })
    const ended = once(server, 'exit').then(() => {
      throw new Error(`RabbitMQ ended; its log is in ${folder}`)
    })
    // Answers only when it has started; a port that is open is not enough.
    await Promise.race([ended, waitUntilUp()])
    ended.catch(() => {})
  }
  const waitUntilUp = async (): Promise<void> => {
    await execute(join(bin, 'rabbitmqctl'), ['wait', '--timeout', '90', env.RABBITMQ_PID_FILE], {
      env,
    })
    await (await connect(url)).close()
  }
  const stop = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return
    const exit = once(server, 'exit')
    process.kill(-server.pid, signal)
    await exit
  }
  await start()
  return {
    url,
    start,
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL')
      epmd.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
