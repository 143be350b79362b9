import type { Action } from './turn.ts'

export const flush: Action = {
  name: 'flush',
  run: (model, system) => {
    system.watch(system.batcher.flush())
    model.flush()
  },
}

export const onIdle: Action = {
  name: 'onIdle',
  run: (model, system) => {
    system.watch(system.batcher.onIdle())
    model.onIdle()
  },
}

export const pause: Action = {
  name: 'pause',
  run: (model, system) => {
    system.batcher.pause()
    model.pause()
  },
}

export const resume: Action = {
  name: 'resume',
  run: (model, system) => {
    system.batcher.resume()
    model.resume()
  },
}
