import { describe, expect, it } from 'vitest'

import { runModule } from '../support/child.ts'
import { gone, program, rejectionOf, setUpProcess, startMeeting } from './programs.ts'

/** A program that starts another, which goes on as long as the test listens to it. */
const parentOf = (port: number): string => `
const meet = "require('node:net').connect(${port}, '127.0.0.1').on('close', () => process.exit())"
require('node:child_process').spawn(process.execPath, ['-e', meet], { stdio: 'inherit' })
const handle = ({ id, items }) => {
  if (items.includes('exit')) process.exit(1)
  if (!items.includes('hang')) answer({ id, results: items.map(() => process.pid) })
}`

describe('what a program has started', () => {
  it('ends with it when the batch is aborted', async () => {
    const meeting = await startMeeting()
    const { batcher, end } = setUpProcess<string, unknown>(parentOf(meeting.port), { graceTime: 0 })
    const controller = new AbortController()
    const hanging = batcher.process('hang', { signal: controller.signal })
    const [child] = await meeting.arrived(1)
    controller.abort()
    await rejectionOf(hanging)
    expect(await gone(child)).toBe(true)
    await end()
    meeting.close()
  })

  it.each(['exit', 'kill', 'close'])('ends with it by %s', async (how) => {
    const meeting = await startMeeting()
    const { batcher, workers } = setUpProcess<string, number>(parentOf(meeting.port))
    const pid = await batcher.process('pid')
    const [child] = await meeting.arrived(1)
    if (how === 'exit') await rejectionOf(batcher.process('exit'))
    if (how === 'kill') process.kill(pid, 'SIGKILL')
    await workers.close()
    expect(await gone(child)).toBe(true)
    meeting.close()
  })

  it('ends when this process ends in the middle of a batch', async () => {
    const meeting = await startMeeting()
    const source = JSON.stringify(program(parentOf(meeting.port)))
    const ending = runModule(`
      import { connect } from 'node:net'
      import { Batcher } from 'jitney'
      import { processBatch } from 'jitney/worker'
      const hanging = new Batcher(processBatch(${source}))
      void hanging.process('hang')
      connect(${meeting.port}, '127.0.0.1').on('data', () => process.exit(7))
    `)
    const sockets = await meeting.arrived(2)
    for (const socket of sockets) socket.write('go')
    expect(await ending).toMatchObject({ code: 7, stderr: '' })
    for (const socket of sockets) expect(await gone(socket)).toBe(true)
    meeting.close()
  })
})

describe('a program that runs out of memory', () => {
  it('fails its batch alone, and the next one runs', async () => {
    const greedy = `const handle = ({ id, items }) => {
      const all = []
      while (items.includes('memory')) all.push(new Array(1000).fill({}))
      answer({ id, results: items })
    }`
    const { batcher, workers, end } = setUpProcess<string, string>(greedy, {
      environment: { NODE_OPTIONS: '--max-old-space-size=30' },
    })
    const { cause } = await rejectionOf(batcher.process('memory'))
    expect(cause).toMatchObject({
      code: 'JITNEY_WORKER_CRASHED',
      stderr: expect.stringContaining('heap'),
    })
    expect(await batcher.process('after')).toBe('after')
    expect(workers.stats()).toMatchObject({ lostBatches: 1, crashes: 1, starts: 2 })
    await end()
  })
})

describe('a program that writes what nobody asked for', () => {
  it('is replaced before the next batch', async () => {
    const chatty = `const handle = ({ id, items }) => {
      answer({ id, results: items })
      if (items.includes('chat')) process.stdout.write('done.\\n')
    }`
    const { batcher, workers, end } = setUpProcess<string, string>(chatty)
    expect(await batcher.process('chat')).toBe('chat')
    while (workers.stats().crashes === 0) await new Promise(setImmediate)
    expect(await batcher.process('after')).toBe('after')
    expect(workers.stats()).toMatchObject({ lostBatches: 0, crashes: 1, starts: 2 })
    await end()
  })
})
