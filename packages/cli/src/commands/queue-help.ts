export const queueDescription: string =
  'Look into a queue that workers take from: depth, ages, workers, dead letters; retry, move, remove'

export const queueUsage: string[] = [
  'jitney queue stats|peek|dead QUEUE [flags...]',
  'jitney queue retry|move|remove QUEUE [ID...] [flags...]',
  'jitney queue purge QUEUE --yes',
]

export const queueExamples: string[] = [
  'JITNEY_REDIS_URL=redis://127.0.0.1:6379 jitney queue stats squares',
  'jitney queue dead squares --limit 100 --json',
  'jitney queue retry squares --all',
  'jitney queue stats squares --sqlite queues.db',
  'jitney queue move squares 7f3a:12 --to squares-by-hand',
]

/** What help says below the flags. */
export const queueNotes: readonly { readonly title: string; readonly body: string }[] = [
  {
    title: 'Actions:',
    body: [
      'stats    what waits, what is delayed, held and dead, and who works',
      'peek     the first items that wait',
      'dead     dead letters, oldest first',
      'retry    queue dead letters again: these, or --all',
      'move     the same, to another queue: --to',
      'remove   delete dead letters: these, or --all',
      'purge    delete what waits; whoever waits for it gets an error',
    ].join('\n'),
  },
  {
    title: 'Environment:',
    body: 'JITNEY_REDIS_URL   where the queue is, as redis://user:password@host:6379',
  },
]
