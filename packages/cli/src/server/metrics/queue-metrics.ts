import { Gauge, type Registry } from 'prom-client'
import type { QueueGlance } from '../../kinds/remote/queue-watch.ts'
import type { Observed } from './metrics.ts'

const seconds = 0.001

/** The queues behind routes of kind `remote`, as they were when they were last looked at. */
export function observeQueues(registry: Registry, routes: Observed['routes']): void {
  const perQueue = (name: string, help: string, read: (queue: QueueGlance) => number): void => {
    perRoute(name, help, (queue) => (queue === null ? undefined : read(queue)))
  }
  perRoute('jitney_remote_queue_reachable', 'Whether the queue of a route answers', (queue) =>
    Number(queue !== null),
  )
  perQueue('jitney_remote_queued_items', 'Items that wait for a worker', ({ queued }) => queued)
  perQueue(
    'jitney_remote_delayed_items',
    'Items that wait for the time of their next attempt',
    ({ delayed }) => delayed,
  )
  perQueue('jitney_remote_active_items', 'Items that workers hold', ({ active }) => active)
  perQueue('jitney_remote_dead_letters', 'Items that were given up', ({ dead }) => dead)
  perQueue(
    'jitney_remote_oldest_item_age_seconds',
    'How long ago the oldest item came that waits for a worker',
    ({ oldestAge }) => oldestAge * seconds,
  )
  perQueue('jitney_remote_workers', 'Workers heard of lately', ({ workers }) => workers)

  function perRoute(
    name: string,
    help: string,
    read: (queue: QueueGlance | null) => number | undefined,
  ): Gauge<'route'> {
    return new Gauge({
      name,
      help,
      registers: [registry],
      labelNames: ['route'],
      collect() {
        this.reset()
        for (const [route, { queue }] of routes()) {
          const value = queue === undefined ? undefined : read(queue)
          if (value !== undefined) this.set({ route }, value)
        }
      },
    })
  }
}
