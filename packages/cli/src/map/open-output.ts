import { createHash } from 'node:crypto'
import { StartError } from '../errors.ts'
import { claimFile } from './claim-file.ts'
import { DoneSet } from './done-set.ts'
import { openErrorsFile } from './errors-file.ts'
import { type Checkpoint, Journal } from './journal.ts'
import type { Line } from './line.ts'
import { openFile } from './open-file.ts'
import { recoverOutput } from './recover-output.ts'
import { Sink } from './sink.ts'
import type { MapSettings } from './settings.ts'

/** Where a run writes, and what is there already. */
export interface OpenedOutput {
  readonly results: Sink
  readonly errors: Sink | undefined
  /** None where nothing can be resumed: a pipe, a terminal, a device. */
  readonly journal: Journal | undefined
  readonly done: DoneSet
  /** How many of them failed. */
  readonly failed: number
  readonly isOrdered: boolean
  /** What the first line of the earlier run was known by. */
  readonly firstLine: string | undefined
}

type Wanted = Pick<MapSettings, 'output' | 'errors' | 'mode' | 'isOrdered'>

/** Opens what a run writes to. Nothing is changed before everything is known to be in order. */
export async function openOutput(wanted: Wanted): Promise<OpenedOutput> {
  const { output, mode } = wanted
  if (output === undefined) {
    const done = new DoneSet()
    const results = new Sink('the output', 1, null)
    const errors = await openErrors(wanted, done)
    return {
      results,
      errors,
      journal: undefined,
      done,
      failed: 0,
      isOrdered: true,
      firstLine: undefined,
    }
  }
  const file = await openFile('--output', output, mode === 'new' ? 'nothing' : 'something')
  const name = `--output ${output}`
  if (!file.isRegular) {
    if (mode === 'resume') {
      throw new StartError(`Cannot resume ${output}: expected a file, received a pipe or a device`)
    }
    const done = new DoneSet()
    const errors = await openErrors(wanted, done)
    const results = new Sink(name, file.handle, null)
    return {
      results,
      errors,
      journal: undefined,
      done,
      failed: 0,
      isOrdered: true,
      firstLine: undefined,
    }
  }
  if (!(await claimFile(file.handle))) {
    throw new StartError(`Cannot write ${name}: another jitney map is writing it`)
  }
  const journal = new Journal(output)
  const checkpoint = mode === 'resume' ? await journal.read() : undefined
  const { done, failed, bytes, isOrdered } =
    mode === 'resume'
      ? await recoverOutput(output, file.handle, checkpoint)
      : { done: new DoneSet(), failed: 0, bytes: 0, isOrdered: true }
  if (wanted.isOrdered && !(isOrdered && done.isContiguous)) {
    throw new StartError(
      `Cannot resume ${output}: its lines are not in input order; go on with --unordered`,
    )
  }
  const errors = await openErrors(wanted, done)
  if (mode !== 'resume') await journal.remove()
  await file.handle.truncate(bytes)
  const results = new Sink(name, file.handle, bytes)
  return { results, errors, journal, done, failed, isOrdered, firstLine: firstLineOf(checkpoint) }
}

/** What a first line is known by, to tell whether an input is the same. */
export function fingerprint({ text, bytes }: Line): string {
  return createHash('sha256').update(`${bytes} ${text}`).digest('hex').slice(0, 32)
}

function firstLineOf(checkpoint: Checkpoint | undefined): string | undefined {
  return checkpoint?.firstLine
}

async function openErrors({ errors, mode }: Wanted, done: DoneSet): Promise<Sink | undefined> {
  if (errors === undefined) return undefined
  const { file, position } = await openErrorsFile(errors, mode, done)
  return new Sink(`--errors ${errors}`, file.handle, file.isRegular ? position : null)
}
