/**
 * Kills `jitney map` with SIGKILL at random moments, from outside and in the middle of writes, so many
 * times (100, or what the first argument says) over 100,000 lines, resumes it each time, and holds
 * that there is exactly one whole line each. Run it after a build.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const kills = Number(process.argv[2] ?? 100)
const count = 100_000
const longest = 4000

const folder = mkdtempSync(join(tmpdir(), 'jitney-killed-'))
const module = join(folder, 'padded.mjs')
const input = join(folder, 'input')
writeFileSync(
  module,
  `import { setTimeout } from 'node:timers/promises'
export default async (number) => {
  await setTimeout(number % 3)
  if (number % 10 === 0) throw new Error('a multiple of ten')
  return 'x'.repeat(number % ${longest})
}
`,
)
writeFileSync(input, Array.from({ length: count }, (_, index) => `${index}\n`).join(''))

for (const flags of [[], ['--unordered']]) {
  const output = join(folder, `out${flags.join('')}.ndjson`)
  const errors = `${output}.errors`
  const args = `map ${module} --output ${output} --errors ${errors} --resume`.split(' ')
  let torn = 0
  for (let kill = 0; kill < kills; kill++) {
    const size = existsSync(output) ? statSync(output).size : 0
    const command = start([...args, ...flags])
    const grown = Math.random() * ((count * longest) / 2 / kills)
    await killedAfter(command, output, size + grown)
    if (existsSync(output) && !readFileSync(output).toString('latin1').endsWith('\n')) torn += 1
  }
  const command = start([...args, ...flags])
  const [code] = (await once(command, 'close')) as [number | null]
  const indexes = readIndexes(output)
  const failed = readIndexes(errors)
  if (flags.length > 0) indexes.sort((left, right) => left - right)
  const isWhole = indexes.length === count && indexes.every((index, place) => index === place)
  failed.sort((left, right) => left - right)
  const areErrors =
    failed.length === count / 10 && failed.every((index, place) => index === place * 10)
  console.log(
    `${kills} kills ${flags.join('')}: ${indexes.length} lines, ${failed.length} errors, ` +
      `half a line was left ${torn} times, exit code ${code}`,
  )
  if (!isWhole || !areErrors || code !== 1) process.exitCode = 1
}
rmSync(folder, { recursive: true })

function start(args: readonly string[]): ChildProcess {
  const script = `exec "$0" packages/cli/dist/bin.js "$@" < ${input} 2> /dev/null`
  return spawn('bash', ['-c', script, process.execPath, ...args], { stdio: 'ignore' })
}

/** Resolves when the command was killed, once its output has this size, or has ended by itself. */
async function killedAfter(command: ChildProcess, output: string, size: number): Promise<void> {
  const closed = once(command, 'close')
  const state = { isOver: false }
  void closed.then(() => {
    state.isOver = true
  })
  while (!state.isOver && !(existsSync(output) && statSync(output).size >= size)) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  command.kill('SIGKILL')
  await closed
}

function readIndexes(file: string): number[] {
  const text = readFileSync(file, 'utf8')
  if (!text.endsWith('\n')) throw new Error(`Half a line: ${text.slice(-100)}`)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => (JSON.parse(line) as { index: number }).index)
}
