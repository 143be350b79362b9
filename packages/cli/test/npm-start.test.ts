import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

describe('npm start', () => {
  it('stops the service when npm is told to stop, and leaves nothing behind', async () => {
    const npm = spawn('npm', ['start', '--', '--port', '0'], {
      cwd: root,
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    onTestFinished(() => {
      killGroup(npm)
    })
    const lines = outputOf(npm)
    await lines.until('Try: curl -d 12 http://127.0.0.1:')
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(lines.text())?.[0] ?? ''
    const answer = await fetch(`${address}/squares`, { method: 'POST', body: '12' })
    expect(await answer.text()).toBe('144')
    npm.kill('SIGTERM')
    // Its output closes when the last process that holds it has ended, the service too.
    await once(npm, 'close')
    expect(lines.text()).toContain('Stopped after 1 request in 1 batch')
  })
})

interface Output {
  text(): string
  until(part: string): Promise<void>
}

function outputOf(child: ChildProcess): Output {
  let text = ''
  let look = (): void => undefined
  child.stdout?.setEncoding('utf8').on('data', (more: string) => {
    text += more
    look()
  })
  return {
    text: () => text,
    until: (part) =>
      new Promise((resolve, reject) => {
        look = () => {
          if (text.includes(part)) resolve()
        }
        child.once('close', () => {
          reject(new Error(`It ended without saying ${part}: ${text}`))
        })
        look()
      }),
  }
}

function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  process.kill(-pid, 'SIGKILL')
}
