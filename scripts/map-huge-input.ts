/**
 * Feeds `jitney map` so many gigabytes of generated lines (10, or what the first argument says), and
 * holds that each has its line of output in order and that memory stays small. Run it after a build.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

const gigabytes = Number(process.argv[2] ?? 10)
const lineSize = 1000
const linesPerChunk = 1000
const chunks = Math.ceil((gigabytes * 1e9) / (lineSize * linesPerChunk))
const mostMegabytes = 300

const folder = mkdtempSync(join(tmpdir(), 'jitney-huge-'))
const file = join(folder, 'length.mjs')
writeFileSync(file, 'export default ({ text }) => text.length\n')

const command = spawn(process.execPath, ['packages/cli/dist/bin.js', 'map', file], {
  stdio: ['pipe', 'pipe', 'pipe'],
})
const exit = once(command, 'close')
let errors = ''
command.stderr.setEncoding('utf8').on('data', (text: string) => {
  errors += text
  process.stderr.write(text)
})
const start = performance.now()
const [lines] = await Promise.all([
  checkOutput(),
  pipeline(Readable.from(input(), { objectMode: false }), command.stdin),
])
const [code] = (await exit) as [number | null]
rmSync(folder, { recursive: true })

const peak = Number(/^Peak memory: (\d+) MB$/m.exec(errors)?.[1])
const expected = chunks * linesPerChunk
const seconds = (performance.now() - start) / 1000
console.log(
  `${lines} of ${expected} lines in ${seconds.toFixed(0)} s, peak ${peak} MB, exit code ${code}`,
)
if (lines !== expected || code !== 0 || !(peak < mostMegabytes)) process.exitCode = 1

function* input(): Generator<string> {
  const frame = JSON.stringify({ text: '' }).length + 1
  const line = `${JSON.stringify({ text: 'x'.repeat(lineSize - frame) })}\n`
  const chunk = line.repeat(linesPerChunk)
  for (let index = 0; index < chunks; index++) yield chunk
}

async function checkOutput(): Promise<number> {
  let index = 0
  for await (const line of createInterface({ input: command.stdout })) {
    if (!line.startsWith(`{"index":${index},"result":`)) throw new Error(`Line ${index}: ${line}`)
    index += 1
  }
  return index
}
