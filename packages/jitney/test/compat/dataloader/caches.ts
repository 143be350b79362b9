import type Original from 'dataloader'

import { text } from './batches.ts'
import type { Key, Settings } from './program.ts'

type Cache = Original.CacheMap<unknown, Promise<number>>

export function cacheMapOf(
  kind: Settings['cacheMap'],
  say: (words: string) => void,
): Cache | null | undefined {
  switch (kind) {
    case 'none':
      return undefined
    case 'null':
      return null
    case 'map':
      return new Map()
    case 'watched':
      return new WatchedMap(say)
    case 'forgetful':
      return new ForgetfulMap()
    case 'function':
      return Object.assign(() => undefined, methodsOf(new Map()))
  }
}

export function cacheKeyFnOf(kind: Settings['cacheKeyFn']): ((key: Key) => unknown) | undefined {
  switch (kind) {
    case 'none':
      return undefined
    case 'id':
      return (key) => (typeof key === 'object' ? key.id : key)
    case 'modulo':
      return (key) => (typeof key === 'number' ? key % 2 : key)
    case 'one object':
      return () => 'the only key'
    case 'refuses 5':
      return (key) => {
        if (key === 5) throw new RangeError('no key')
        return key
      }
  }
}

class WatchedMap extends Map<unknown, Promise<number>> {
  readonly #say: (words: string) => void

  constructor(say: (words: string) => void) {
    super()
    this.#say = say
  }

  override get(key: unknown): Promise<number> | undefined {
    this.#say(`get ${text(key)}`)
    return super.get(key)
  }

  override set(key: unknown, value: Promise<number>): this {
    this.#say(`set ${text(key)} ${value instanceof Promise}`)
    return super.set(key, value)
  }

  override delete(key: unknown): boolean {
    this.#say(`delete ${text(key)}`)
    return super.delete(key)
  }

  override clear(): void {
    this.#say('clear')
    super.clear()
  }
}

/** Keeps the latest entry alone. */
class ForgetfulMap extends Map<unknown, Promise<number>> {
  override set(key: unknown, value: Promise<number>): this {
    super.clear()
    return super.set(key, value)
  }
}

function methodsOf(map: Map<unknown, Promise<number>>): Cache {
  return {
    get: (key) => map.get(key),
    set: (key, value) => map.set(key, value),
    delete: (key) => map.delete(key),
    clear: () => map.clear(),
  }
}
