import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** A message as kcat shows it. */
export interface Consumed {
  readonly partition: number
  readonly offset: number
  readonly key: string | null
  readonly payload: string | null
  readonly headers?: readonly string[]
}

/** librdkafka's mock cluster: brokers that speak the real protocol and keep messages in memory. */
export interface MockCluster extends AsyncDisposable {
  readonly broker: string
  /** All messages of a topic. */
  consume(topic: string): Promise<Consumed[]>
}

/** In a consumer of kcat, which says where its brokers are: `-X` is there in every version, `-M` not. */
export async function startMockCluster(): Promise<MockCluster> {
  const properties = ['-X', 'test.mock.num.brokers=1', '-d', 'mock']
  const parameters = ['-C', '-t', 'kept-open', '-b', 'replaced', ...properties]
  const kcat = spawn('kcat', parameters, { stdio: ['ignore', 'ignore', 'pipe'] })
  const broker = await addressIn(kcat.stderr)
  return {
    broker,
    async consume(topic) {
      const options = ['-C', '-b', broker, '-t', topic, '-o', 'beginning', '-e', '-J', '-q']
      const { stdout } = await execute('kcat', options)
      const lines = stdout.split('\n').filter((line) => line !== '')
      return lines.map((line) => JSON.parse(line) as Consumed)
    },
    async [Symbol.asyncDispose]() {
      const exit = once(kcat, 'exit')
      kcat.kill()
      await exit
    },
  }
}

async function addressIn(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface(output)) {
    const address = /bootstrap\.servers=(\S+)/.exec(line)?.[1]
    if (address !== undefined) {
      // Nobody reads the rest, which must not fill the pipe.
      output.resume()
      return address
    }
  }
  throw new Error('Cannot start the mock cluster: kcat ended')
}
