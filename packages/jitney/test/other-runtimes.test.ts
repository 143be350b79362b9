import { afterEach, describe, expect, it, vi } from 'vitest'

import { captureContext } from '../src/platform/context.ts'
import { endOfTurn } from '../src/platform/turn.ts'

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('captureContext()', () => {
  it('only calls the function, where no asynchronous context is known', () => {
    vi.stubGlobal('process', undefined)
    const within = captureContext()
    vi.unstubAllGlobals()
    expect(within(() => 7)).toBe(7)
  })
})

describe('endOfTurn()', () => {
  // What vitest itself runs meanwhile has the real ones.
  it.each([
    ['process', []],
    ['process.nextTick', ['process']],
    ['process.nextTick and setImmediate', ['process', 'setImmediate']],
  ])('comes after promise jobs, many deep, without %s', async (_, missing) => {
    const seen: number[] = []
    const ended = endOfTurn().then(() => seen.push(-1))
    const deep = (async () => {
      for (let depth = 0; depth < 20; depth += 1) {
        await undefined
        seen.push(depth)
      }
    })()
    vi.stubGlobal('process', missing.includes('process') ? {} : undefined)
    if (missing.includes('setImmediate')) vi.stubGlobal('setImmediate', undefined)
    await deep
    vi.unstubAllGlobals()
    await ended
    expect(seen).toEqual([...Array.from({ length: 20 }, (_each, depth) => depth), -1])
  })
})
