import type { BatchContext } from '../batcher/batch-function.ts'
import { Batcher } from '../batcher/batcher.ts'
import type { BatcherOptions } from '../batcher/options.ts'
import { type Outcome, outcome } from '../batcher/outcome.ts'
import type { RetrySettings } from '../integration/retry.ts'
import { Setbacks } from '../http/setbacks.ts'
import { systemClock } from '../platform/clock.ts'
import { AwsError, type AwsErrorCode } from './aws-error.ts'
import type { Call } from './client.ts'
import { Sequences, type Turn } from './sequences.ts'
import type { Answer, Service } from './service.ts'
import { saidBy, type Verdict, verdictOn } from './verdict.ts'

type Given<Result> = Result | Error | Outcome<Result> | Outcome

/** One item of a batch, with its place in it. */
interface Seat<Item> {
  readonly place: number
  readonly item: Item
  readonly id: string
}

interface Boarding<Item> {
  readonly riding: readonly Seat<Item>[]
  /** Those for another request, with what they wait for. */
  readonly staying: readonly (Seat<Item> & { readonly turn?: Turn | undefined })[]
}

type Undone = Exclude<Answer<never>, { kind: 'done' }> & { readonly cause?: unknown }

const codes: { readonly [Kind in Undone['kind']]: AwsErrorCode } = {
  again: 'JITNEY_AWS_NOT_DONE',
  refused: 'JITNEY_AWS_REFUSED',
  unknown: 'JITNEY_AWS_UNKNOWN',
}

/**
 * A batcher that sends each batch as one request, and tells for each item what became of it. What a
 * smaller request may cure is thrown, which the core splits; all else is said item by item.
 *
 * Items that cannot be in this request (one that must not pass another, one that wants other settings
 * of the request) go with the next; that is no attempt.
 */
export function awsBatcher<Item, Input, Result>(
  service: Service<Item, Input, Result>,
  call: Call<Input>,
  retry: RetrySettings,
  options: BatcherOptions<Item>,
): Batcher<Item, Result> {
  const { action } = service
  const setbacks = new Setbacks()
  const sequences = new Sequences(service.sharesOrder === true)
  const clock = options.clock ?? systemClock

  function settled(id: string): void {
    setbacks.delete(id)
    sequences.leave(id)
  }

  /** These are not settled. A caller who leaves meanwhile never comes back: nobody must wait for it. */
  function comeBack(seats: readonly Seat<Item>[], entries: BatchContext['entries']): void {
    for (const { id, place } of seats) {
      const { signal } = entries[place]!
      if (signal.aborted) settled(id)
      else signal.addEventListener('abort', () => settled(id), { once: true })
    }
  }

  /** Who is in the request. */
  function board(seats: readonly Seat<Item>[]): Boarding<Item> {
    const fits = service.fitting?.(seats.map(({ item }) => item))
    const [first] = seats
    const ids = new Set<string>()
    const riding: Seat<Item>[] = []
    const staying: Boarding<Item>['staying'][number][] = []
    for (const [index, seat] of seats.entries()) {
      const key = service.orderOf?.(seat.item)
      const turn = key === undefined ? undefined : sequences.enter(key, seat.id, ids)
      const isStranger = !setbacks.isEmpty && setbacks.areStrangers([first!.id, seat.id])
      if (turn !== undefined || isStranger || fits?.[index] === false) {
        staying.push({ ...seat, turn })
        if (turn !== undefined) sequences.keep(seat.id, turn.due)
        if (turn?.request !== undefined) sequences.begin([seat.id], turn.request)
      } else {
        riding.push(seat)
        ids.add(seat.id)
      }
    }
    return { riding, staying }
  }

  /** When one that stayed comes back. */
  function afterTurn(turn: Turn | undefined): Given<Result> | Promise<Outcome> {
    if (turn === undefined) return outcome.retry()
    if (turn.request !== undefined) return turn.request.then(() => outcome.retry())
    const rest = turn.due - clock.now()
    // What it waits for is queued ahead of it. Should it be held there, this one asks seldom.
    return outcome.retry({ after: rest > 0 ? rest : 1 })
  }

  async function ask(
    seats: readonly Seat<Item>[],
    signal: AbortSignal,
  ): Promise<readonly (Answer<Result> | Undone)[]> {
    const items = seats.map(({ item }) => item)
    let output: unknown
    try {
      output = await call(service.inputOf(items), signal)
    } catch (error) {
      if (signal.aborted) throw error
      const targets = new Set(items.map((item) => service.targetOf?.(item)))
      const verdict = verdictOn(error, targets.size === 1)
      if (verdict === 'split' && items.length > 1) {
        setbacks.suspect(seats.map(({ id }) => id))
        throw new Error(`Cannot ${action}: one of ${items.length} spoils the request`, {
          cause: error,
        })
      }
      const kind = kindAfter(verdict)
      return seats.map(() => ({ kind, ...saidBy(error), cause: error }))
    }
    for (const { id } of seats) setbacks.acquit(id)
    if (typeof output !== 'object' || output === null) {
      return seats.map(() => ({ kind: 'unknown', awsMessage: 'the answer is no object' }))
    }
    return service.answersOf(output, items)
  }

  /** What callers are told, or when items come back. */
  function tell(
    seats: readonly Seat<Item>[],
    answers: readonly (Answer<Result> | Undone)[],
    entries: BatchContext['entries'],
  ): Given<Result>[] {
    const again: string[] = []
    const given = answers.map((answer, index): Given<Result> | undefined => {
      const { id, item } = seats[index]!
      if (answer.kind === 'done') {
        settled(id)
        return answer.value
      }
      const attempts = setbacks.add(id)
      const { cause } = answer as Undone
      const isRepeatable =
        answer.kind === 'again' || (answer.kind === 'unknown' && service.isIdempotent)
      const isOvertaken = isRepeatable && wasOvertaken(seats, answers, index, item)
      if (isRepeatable && !isOvertaken && attempts < retry.attempts) {
        again.push(id)
        return undefined
      }
      settled(id)
      const code = isOvertaken ? 'JITNEY_AWS_OVERTAKEN' : codes[answer.kind]
      return new AwsError(code, action, { ...answer, attempts, cause })
    })
    if (again.length === 0) return given as Given<Result>[]
    setbacks.unite(again)
    // One delay for all: they were left undone together.
    const most = Math.max(...again.map((id) => setbacks.failuresOf(id)))
    const delay = Math.random() * Math.min(retry.maxDelay, retry.minDelay * 2 ** (most - 1)) || 0
    const due = clock.now() + delay
    for (const id of again) sequences.keep(id, due)
    comeBack(
      seats.filter(({ id }) => again.includes(id)),
      entries,
    )
    return given.map((each, index) =>
      again.includes(seats[index]!.id) ? outcome.retry({ after: delay }) : (each as Given<Result>),
    )
  }

  /** Whether a later one of its order is done, so that the item must not be done any more. */
  function wasOvertaken(
    seats: readonly Seat<Item>[],
    answers: readonly (Answer<Result> | Undone)[],
    index: number,
    item: Item,
  ): boolean {
    const key = service.orderOf?.(item)
    if (key === undefined || service.sharesOrder !== true) return false
    return seats.some(
      (seat, other) =>
        other > index && answers[other]!.kind === 'done' && service.orderOf?.(seat.item) === key,
    )
  }

  return new Batcher<Item, Result>(
    async (items, context) => {
      const { entries, signal } = context
      const seats = items.map((item, place) => ({ place, item, id: entries[place]!.id }))
      const { riding, staying } = board(seats)
      const outcomes: (Given<Result> | Promise<Outcome>)[] = []
      let end = (): void => {}
      if (riding.length > 0) {
        const ids = riding.map(({ id }) => id)
        const request = new Promise<void>((resolve) => (end = resolve))
        sequences.begin(ids, request)
        try {
          const told = tell(riding, await ask(riding, signal), entries)
          for (const [index, { place }] of riding.entries()) outcomes[place] = told[index]!
        } catch (error) {
          for (const id of ids) sequences.keep(id, clock.now())
          comeBack(seats, entries)
          throw error
        } finally {
          end()
        }
      }
      comeBack(staying, entries)
      for (const { place, turn } of staying) outcomes[place] = afterTurn(turn)
      return outcomes
    },
    {
      ...options,
      splitOnError: true,
      // Attempts and delays are counted here. What is thrown is split at once.
      retry: { attempts: Infinity, minDelay: 0, when: () => false },
    },
  )
}

/** Only a single item is still to be split. */
function kindAfter(verdict: Verdict): Undone['kind'] {
  return verdict === 'split' ? 'refused' : verdict
}
