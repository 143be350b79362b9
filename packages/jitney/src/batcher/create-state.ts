import { Alarm } from '../platform/alarm.ts'
import { captureContext } from '../platform/context.ts'
import { CallerSignals } from './caller-signals.ts'
import { dispatch } from './departures.ts'
import { Lanes } from './lanes.ts'
import { leave } from './leaving.ts'
import type { Settings } from './options.ts'
import { Queue } from './queue.ts'
import { abort, announceEnd } from './shutdown.ts'
import type { State } from './state.ts'

export function createState(
  batcher: object,
  batchFunction: State['batchFunction'],
  settings: Settings,
): State {
  const { clock } = settings
  const within = captureContext()
  const dispatchNow = (): void => {
    dispatch(state, true)
  }
  const state: State = {
    batcher,
    batchFunction,
    settings,
    within,
    phase: 'open',
    paused: false,
    arrival: undefined,
    turn: 0,
    turnEnds: false,
    endTurn() {
      state.turnEnds = false
      state.arrival = undefined
      within(dispatchNow)
    },
    flushedTurn: 0,
    flush: undefined,
    moves: 0,
    order: 0,
    lanes: new Lanes(settings),
    apart: new Lanes(settings),
    room: new Queue(),
    joints: new Map(),
    signals: new CallerSignals((entries, reason) => {
      leave(state, entries, reason)
    }),
    backoffs: new Set(),
    halves: new Set(),
    returning: 0,
    runs: new Set(),
    window: new Alarm(clock, within, dispatchNow),
    deadline: new Alarm(clock, within, () => {
      abort(state, new DOMException("the 'timeout' of close() passed", 'TimeoutError'))
    }),
    idle: [],
    closed: [],
    due: false,
    wait: undefined,
    granted: undefined,
    serving: false,
    spent: false,
    fulfilled: 0,
    rejected: 0,
    aborted: 0,
    refused: 0,
    batches: 0,
    items: 0,
    totalDuration: 0,
    dispatch(turnEnded) {
      dispatch(state, turnEnded)
    },
    update() {
      dispatch(state, false)
      announceEnd(state)
    },
  }
  return state
}
