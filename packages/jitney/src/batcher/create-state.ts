import { createAlarm } from '../platform/alarm.ts'
import { captureContext } from '../platform/context.ts'
import { Pacer } from '../policy/pacer.ts'
import { dispatch } from './departure/departures.ts'
import { Lanes } from './queue/lanes.ts'
import type { Settings } from './options.ts'
import { Queue } from './queue/queue.ts'
import { announceEnd } from './callers/shutdown.ts'
import type { State } from './state.ts'

export function createState(
  batcher: object,
  batchFunction: State['work'],
  settings: Settings,
): State {
  const within = captureContext()
  const state: State = {
    owner: batcher,
    work: batchFunction,
    settings,
    within,
    phase: 'open',
    paused: false,
    flushed: 0,
    order: 0,
    lanes: new Lanes(settings),
    room: new Queue(),
    joints: new Map(),
    signals: new Map(),
    backoffs: new Set(),
    halves: new Set(),
    runs: new Set(),
    window: createAlarm(settings.clock, within, () => {
      state.proceed(true)
    }),
    pacer: new Pacer(),
    left: -Infinity,
    passes: Infinity,
    idle: [],
    over: [],
    counts: {
      lastReasons: [],
      fulfilled: 0,
      rejected: 0,
      aborted: 0,
      refused: 0,
      batches: 0,
      items: 0,
      totalDuration: 0,
    },
    proceed(turnEnded) {
      dispatch(state, turnEnded)
      announceEnd(state)
    },
  }
  return state
}
