import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core'
import {
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  type TestRunnerCapabilities,
  TestStatus,
} from '@stryker-mutator/api/test-runner'

import { bundle } from './bundle.ts'
import type { Test } from './harness.ts'
import { type Ending, end } from './end.ts'
import { all } from './left-out.ts'

const off = 'none'
/** Three times what any quick test needs: more is a loop without end. */
const hitsAtMost = all ? Infinity : 200_000

/**
 * Runs the tests in the process of the mutant, all modules loaded once. The runner for vitest
 * starts over for each mutant, and says of some that they survived when it ran no test
 * (https://github.com/stryker-mutator/stryker-js/issues/6073).
 */
export class InProcessRunner implements TestRunner {
  readonly #tests = new Map<string, Test>()
  readonly #milliseconds = new Map<string, number>()
  readonly #file = join(process.cwd(), `tests-${process.env['STRYKER_MUTATOR_WORKER'] ?? '0'}.mjs`)
  readonly #kills = new Map<string, number>()
  readonly #global = ((globalThis as Record<string, unknown>)[INSTRUMENTER_CONSTANTS.NAMESPACE] ??=
    {}) as InstrumenterContext

  /** A mutant of what runs while modules load needs a process of its own. */
  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: false }
  }

  async dryRun(): Promise<DryRunResult> {
    await this.#build()
    await this.#load()
    const results: TestResult[] = []
    for (const test of this.#tests.values()) {
      this.#global.currentTestId = test.id
      const start = performance.now()
      const ending = await end(test, 60_000)
      delete this.#global.currentTestId
      const timeSpentMs = performance.now() - start
      const about = { id: test.id, name: test.id, fileName: test.file, timeSpentMs }
      results.push(
        ending.kind === 'passed'
          ? { ...about, status: TestStatus.Success }
          : { ...about, status: TestStatus.Failed, failureMessage: messageOf(ending) },
      )
    }
    const { mutantCoverage } = this.#global
    return {
      status: DryRunStatus.Complete,
      tests: results,
      ...(mutantCoverage !== undefined && { mutantCoverage }),
    }
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, hitLimit, mutantActivation, testFilter } = options
    this.#global.activeMutant = mutantActivation === 'static' ? activeMutant.id : off
    await this.#build()
    let nrOfTests = 0
    try {
      await this.#load()
    } catch (error) {
      // With it the modules do not even load.
      const failureMessage = messageOf({ kind: 'failed', reason: error })
      return { status: MutantRunStatus.Killed, killedBy: [], failureMessage, nrOfTests }
    }
    for (const test of this.#inOrder(testFilter)) {
      this.#global.activeMutant = activeMutant.id
      this.#global.hitCount = 0
      this.#global.hitLimit = Math.min(hitLimit ?? hitsAtMost, hitsAtMost)
      const start = performance.now()
      const ending = await end(test, this.#allowed(test))
      nrOfTests += 1
      if (ending.kind === 'passed') {
        this.#milliseconds.set(test.id, performance.now() - start)
        continue
      }
      this.#kills.set(test.id, (this.#kills.get(test.id) ?? 0) + 1)
      if (mutantActivation !== 'static') await this.#mustPass(test)
      if (ending.kind === 'hung') return { status: MutantRunStatus.Timeout, reason: test.id }
      const failureMessage = messageOf(ending)
      return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests }
    }
    return { status: MutantRunStatus.Survived, nrOfTests }
  }

  async #build(): Promise<void> {
    if (this.#tests.size === 0) await bundle(process.cwd(), this.#file)
  }

  async #load(): Promise<void> {
    if (this.#tests.size > 0) return
    // Vitest's `expect` and `vi` ask for the state of a worker.
    Object.assign(globalThis, { __vitest_worker__: { config: { fakeTimers: {}, expect: {} } } })
    const { tests } = (await import(pathToFileURL(this.#file).href)) as { tests: readonly Test[] }
    for (const test of tests) this.#tests.set(test.id, test)
  }

  /** Those that killed before come first, then the quick ones: most mutants fall to one of them. */
  #inOrder(filter: readonly string[] | undefined): readonly Test[] {
    const tests = (filter ?? [...this.#tests.keys()]).flatMap((id) => this.#tests.get(id) ?? [])
    return tests.toSorted(
      (left, right) =>
        (this.#kills.get(right.id) ?? 0) - (this.#kills.get(left.id) ?? 0) ||
        (this.#milliseconds.get(left.id) ?? 0) - (this.#milliseconds.get(right.id) ?? 0),
    )
  }

  #allowed(test: Test): number {
    return 500 + 10 * (this.#milliseconds.get(test.id) ?? 500)
  }

  /**
   * A failure counts only where the same test passes without the mutant, in the same process. What
   * the mutant left behind may still fail a while.
   */
  async #mustPass(test: Test): Promise<void> {
    this.#global.activeMutant = off
    let ending = await end(test, 10_000)
    for (let tries = 1; tries < 4 && ending.kind !== 'passed'; tries += 1) {
      await setTimeout(20)
      ending = await end(test, 10_000)
    }
    if (ending.kind !== 'passed') {
      throw new Error(`Spoilt by an earlier mutant: ${test.id}: ${messageOf(ending)}`)
    }
  }
}

function messageOf(ending: Ending): string {
  if (ending.kind !== 'failed') return ending.kind
  return ending.reason instanceof Error ? ending.reason.message : String(ending.reason)
}
