import { EventEmitter, once } from 'node:events'
import type { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { clientGone, clientSignal } from '../src/server/client-signal.ts'

function connection(): Socket {
  return Object.assign(new EventEmitter(), { destroyed: false }) as unknown as Socket
}

describe('The signal of a connection', () => {
  it('is one for all its requests, and aborts when it closes', () => {
    const socket = connection()
    const signal = clientSignal(socket)
    expect(clientSignal(socket)).toBe(signal)
    expect(signal.aborted).toBe(false)
    socket.emit('close')
    expect(signal.reason).toBe(clientGone)
  })

  it('is aborted from the beginning if it was closed before', () => {
    const socket = Object.assign(connection(), { destroyed: true })
    expect(clientSignal(socket).aborted).toBe(true)
  })

  it('tells objects and functions alike, each once, and nobody who was removed', async () => {
    const socket = connection()
    const signal = clientSignal(socket)
    const heard: string[] = []
    const hear = (name: string) => ({ handleEvent: () => void heard.push(name) })
    const [kept, removed, once1, once2] = ['kept', 'removed', 'once', 'gone'].map(hear)
    signal.addEventListener('abort', kept!)
    signal.addEventListener('abort', kept!)
    signal.addEventListener('abort', removed!)
    signal.addEventListener('abort', once1!, { once: true })
    signal.addEventListener('abort', once2!, { once: true })
    signal.addEventListener('abort', () => heard.push('function'))
    signal.removeEventListener('abort', removed!)
    signal.removeEventListener('abort', once2!)
    const event = once(signal, 'abort')
    const any = AbortSignal.any([signal])
    socket.emit('close')
    await event
    expect(any.aborted).toBe(true)
    expect(heard.sort()).toEqual(['function', 'kept', 'once'])
  })
})
