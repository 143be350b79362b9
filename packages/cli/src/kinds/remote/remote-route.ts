import type { BatcherOptions } from 'jitney'
import type { OpenTransport } from '../../queues/open-transport.ts'
import type { Route } from '../route.ts'
import { QueueWatch } from './queue-watch.ts'
import { remoteProblem } from './remote-problem.ts'
import { RemoteRouteBatcher } from './remote-route-batcher.ts'

/** Items on their way through one route, if nobody says how many may be. */
const maxQueueSizeDefault = 10_000

export interface RemoteRouteSettings {
  readonly queue: string
  readonly keyHeader: string | undefined
  readonly maxItemBytes: number | undefined
  readonly options: Pick<BatcherOptions, 'maxQueueSize' | 'timeout'>
}

/** A route whose items go to workers elsewhere. */
export function remoteRoute(
  name: string,
  { transport, close }: Pick<OpenTransport, 'transport' | 'close'>,
  { queue, keyHeader, maxItemBytes, options }: RemoteRouteSettings,
): Route {
  const watch = new QueueWatch(transport.admin(queue))
  const settings = { queue, transport, maxItemBytes, isKeyed: keyHeader !== undefined }
  return {
    name,
    keyHeader,
    options: { maxQueueSize: maxQueueSizeDefault, ...options },
    isJsonOnly: true,
    createBatcher: (given) => new RemoteRouteBatcher(settings, given),
    problemOf: remoteProblem,
    queue: watch,
    async close() {
      await watch.close()
      await close()
    },
  }
}
