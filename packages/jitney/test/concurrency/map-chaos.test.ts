import { Semaphore } from 'jitney'
import { settle } from 'jitney/testing'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { eventsDuring } from '../support/process-events.ts'
import { type Event, Model, type Setup } from './map-model.ts'
import { System } from './map-system.ts'

const setups: fc.Arbitrary<Setup> = fc
  .record({
    form: fc.constantFrom('map', 'mapSettled', 'mapIterable', 'asCompleted'),
    concurrency: fc.constantFrom(1, 2, 3, Infinity),
    buffer: fc.constantFrom(0, 1, 2),
    isAsync: fc.boolean(),
    promises: fc.array(fc.boolean(), { maxLength: 8 }),
    sourceFails: fc.boolean(),
    closingFails: fc.boolean(),
  } as const)
  .map((setup) => ({ ...setup, buffer: setup.form === 'mapIterable' ? setup.buffer : 0 }))

const ending = fc.constantFrom('value', 'value', 'value', 'error', 'reason', 'AbortError')
const pick = fc.nat(7)
const events: fc.Arbitrary<Event[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant('next' as const) }) },
    { weight: 6, arbitrary: fc.record({ type: fc.constant('feed' as const) }) },
    { weight: 8, arbitrary: fc.record({ type: fc.constant('end' as const), pick, how: ending }) },
    {
      weight: 4,
      arbitrary: fc.record({
        type: fc.constant('item' as const),
        pick,
        fails: fc.constantFrom(false, false, false, true),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('leave' as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('abort' as const) }) },
  ),
  { minLength: 5, maxLength: 50 },
) as fc.Arbitrary<Event[]>

/** Whether it can happen now: a call can end that is in flight, an iterator can be left once. */
function isPossible(event: Event, setup: Setup, model: Model, past: ReadonlySet<string>): boolean {
  const iterates = setup.form === 'mapIterable' || setup.form === 'asCompleted'
  if (event.type === 'next') return iterates
  if (event.type === 'leave') return iterates && !past.has('leave')
  if (event.type === 'abort') return !past.has('abort')
  if (event.type === 'feed') return model.isOutstanding
  return event.type === 'end' ? model.running.size > 0 : model.awaited.size > 0
}

/** Ends whatever is in flight, and all that comes after it. */
function* rest(setup: Setup, model: Model): Generator<Event> {
  const iterates = setup.form === 'mapIterable' || setup.form === 'asCompleted'
  for (let count = 0; count < 40; count += 1) {
    if (model.running.size > 0) yield { type: 'end', pick: count, how: 'value' }
    else if (model.awaited.size > 0) yield { type: 'item', pick: count, fails: false }
    else if (model.isOutstanding) yield { type: 'feed' }
    else if (iterates && model.answers.at(-1) !== 'done') yield { type: 'next' }
  }
}

describe('map, mapSettled, mapIterable, asCompleted', () => {
  it('do what their documentation says, whatever happens in whichever order', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      await fc.assert(
        fc.asyncProperty(setups, events, async (setup, planned) => {
          const model = new Model(setup)
          const system = new System(setup)
          await settle()
          expect(system.view).toEqual(model.view)
          const past = new Set<string>()
          const happen = async (event: Event): Promise<void> => {
            past.add(event.type)
            system.happen(event, model.indexOf(event))
            model.happen(event)
            await settle()
            expect(system.view).toEqual(model.view)
          }
          for (const event of planned) {
            if (isPossible(event, setup, model, past)) await happen(event)
          }
          for (const event of rest(setup, model)) await happen(event)
          expect(model.running.size).toBe(0)
          expect(system.listeners).toBe(0)
          expect(system.isOverlapped).toBe(false)
        }),
        { numRuns: 3000 },
      )
    })
    expect(unhandled).toEqual([])
  }, 120_000)

  it('leave nothing running, open or listening, whatever happens at the same moment', async () => {
    const unhandled = await eventsDuring('unhandledRejection', async () => {
      await fc.assert(
        fc.asyncProperty(
          setups,
          events,
          fc.boolean(),
          fc.nat(3),
          async (setup, planned, isShared, pace) => {
            const semaphore = isShared ? new Semaphore(Math.min(4, setup.concurrency)) : undefined
            // Somebody else has a place, for a while.
            const permit = semaphore?.tryAcquire()
            const system = new System(setup, semaphore)
            const past = new Set<string>()
            const most = semaphore?.capacity ?? setup.concurrency
            for (const [time, event] of planned.entries()) {
              const { running, waiting, isOutstanding } = system
              const among = event.type === 'end' ? [...running] : waiting
              const index = 'pick' in event ? (among[event.pick % among.length] ?? -1) : 0
              const once = event.type === 'abort' || event.type === 'leave'
              if (index < 0 || (once && past.has(event.type))) continue
              if (event.type === 'feed' && !isOutstanding) continue
              past.add(event.type)
              system.happen(event, index)
              expect(running.size).toBeLessThanOrEqual(most)
              // As many promise jobs as the pace says, so that events meet in every way.
              for (let jobs = time % (pace + 1); jobs > 0; jobs -= 1) await null
            }
            permit?.release()
            for (let round = 0; round < 60; round += 1) {
              await settle()
              const [running] = system.running
              const [waiting] = system.waiting
              if (running !== undefined)
                system.happen({ type: 'end', pick: 0, how: 'value' }, running)
              else if (waiting !== undefined) {
                system.happen({ type: 'item', pick: 0, fails: false }, waiting)
              } else if (system.isOutstanding) system.happen({ type: 'feed' }, 0)
              else if (system.view.answers.at(-1) !== 'done' && system.iterates) {
                system.happen({ type: 'next' }, 0)
              } else break
            }
            expect(system.running.size).toBe(0)
            expect(system.listeners).toBe(0)
            expect(system.isOverlapped).toBe(false)
            expect(system.view.returns).toBeLessThanOrEqual(1)
            expect(system.view.isLeft).toBe(past.has('leave') && system.iterates)
            expect(system.isAnswered).toBe(true)
            expect([semaphore?.active ?? 0, semaphore?.queued ?? 0]).toEqual([0, 0])
          },
        ),
        { numRuns: 3000 },
      )
    })
    expect(unhandled).toEqual([])
  }, 120_000)
})
