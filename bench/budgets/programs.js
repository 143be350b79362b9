import { command, commandShort } from '../scenarios/command.js'
import { threadsMessages, threadsScaling } from '../scenarios/threads.js'
import { fromScenario } from '../table/from-scenario.js'

export const mapCommand = fromScenario(command, {
  figure: 'time per request over a hand-written undici loop',
  floor: 'a hand-written undici loop',
  ours: {
    '100 at a time': '`jitney map`, 100,000 HTTP requests, 100 at a time',
    '1000 at a time': '`jitney map`, 100,000 HTTP requests, 1000 at a time',
  },
  mostRounds: 2,
  short: commandShort,
})

export const threads = fromScenario(threadsScaling, {
  figure: 'time per item over bare threads',
  floor: 'threads that are sent no items',
  ours: {
    '2 threads over 2 at best': '`threadBatch`, two threads, over two bare ones',
    '2 threads over 1 at best': '`threadBatch`, two threads, over a bare one',
  },
  mostRounds: 2,
})

export const threadMessages = fromScenario(threadsMessages, {
  figure: 'time per item, a message per item over one per batch of 100',
  floor: 'a message per batch',
  ours: { 'one per item': '`threadBatch`, 20,000 small items' },
  mostRounds: 2,
})
