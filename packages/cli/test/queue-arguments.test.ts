import { describe, expect, it } from 'vitest'
import { readQueueArguments } from '../src/commands/queue-arguments.ts'
import { UsageError } from '../src/errors.ts'

describe('readQueueArguments()', () => {
  it.each([
    [[], 'expected one of stats, peek, dead, retry, move, remove, purge, received nothing'],
    [['stat', 'q'], 'Cannot run jitney queue stat: unknown action; did you mean stats?'],
    [['look', 'q'], 'unknown action; the actions are stats, peek, dead, retry, move'],
    [['stats'], 'expected the name of a queue of letters, digits, _ . and -, received nothing'],
    [['stats', 'a b'], "received 'a b'"],
    [['stats', 'q', 'x'], 'expected a queue alone, received x'],
    [['retry', 'q'], 'expected ids of dead letters or --all, received neither'],
    [['retry', 'q', '1', '--all'], 'expected ids of dead letters or --all, received both'],
    [['move', 'q', '1'], '--to and move belong together'],
    [['move', 'q', '1', '--to', 'a b'], 'Cannot read --to: expected the name of a queue'],
    [['purge', 'q'], 'it deletes what waits; add --yes'],
    [['peek', 'q', '--limit', '-1'], "expected an integer from 1 to 1000000, received '-1'"],
    [['stats', 'q', '--jso'], 'unknown flag --jso; did you mean --json?'],
  ])('refuses %j by name', (argv, message) => {
    const read = (): unknown => readQueueArguments(argv)
    expect(read).toThrow(UsageError)
    expect(read).toThrow(message)
  })
})
