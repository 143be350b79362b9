export const workerDescription: string =
  'Run the batch functions of a module on the items of queues, beside as many other workers as there are'

export const workerUsage: string = 'jitney worker MODULE [flags...]'

export const workerExamples: string[] = [
  'JITNEY_REDIS_URL=redis://127.0.0.1:6379 jitney worker ./model.ts',
  'jitney worker ./model.ts --queue squares --max-batch-size 64 --concurrency 2',
  'jitney worker ./model.ts --sqlite queues.db --timeout 30000 --lease 10000',
]

/** What help says below the flags. */
export const workerNotes: readonly { readonly title: string; readonly body: string }[] = [
  {
    title: 'Queues:',
    body: [
      'Each export takes the queue of its name, the default export that of the file.',
      'SIGTERM or Ctrl+C: what runs is finished, what is not started goes to other workers.',
      'The same once more: what runs is aborted, and done again by other workers.',
    ].join('\n'),
  },
  {
    title: 'Environment:',
    body: 'JITNEY_REDIS_URL   where the queues are, as redis://user:password@host:6379',
  },
]
