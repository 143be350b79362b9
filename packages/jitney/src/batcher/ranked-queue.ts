import { byArrival, type Entry } from './entry.ts'
import { Heap } from './heap.ts'
import { Queue } from './queue.ts'

/** How many milliseconds of waiting one point of priority is worth. */
const agePerPoint = 1000

/**
 * Entries in the order of their priorities, with ageing.
 *
 * There are mostly few priorities and many entries: each priority has a queue of its own, and of
 * these the one that is next is at hand.
 */
export class RankedQueue {
  size = 0
  #queues = new Map<number, Queue>()
  #byRank = new Heap<Queue>(firstOf, (left, right) => rankOf(left) - rankOf(right) || byArrival(left, right))
  #byAge = new Heap<Queue>(firstOf, byArrival)

  /** The entry that leaves next. */
  get first(): Entry | undefined {
    return this.#byRank.first?.first
  }

  /** The entry that came first. */
  get oldest(): Entry | undefined {
    return this.#byAge.first?.first
  }

  /** The entries that came after a turn. */
  since(turn: number): Entry[] {
    return [...this.#queues.values()].flatMap((queue) => queue.since(turn))
  }

  push(entry: Entry): void {
    const { priority = 0 } = entry
    const queue = this.#queues.get(priority) ?? new Queue()
    queue.push(entry)
    this.size += 1
    if (queue.size > 1) return
    this.#queues.set(priority, queue)
    this.#byRank.push(queue)
    this.#byAge.push(queue)
  }

  /** Takes out the first entry, which is known to be there. */
  shift(): void {
    const queue = this.#byRank.first as Queue
    const { priority = 0 } = queue.first as Entry
    queue.shift()
    this.#shrink(queue, priority)
  }

  drop({ priority = 0 }: Entry): void {
    const queue = this.#queues.get(priority) as Queue
    queue.drop()
    this.#shrink(queue, priority)
  }

  #shrink(queue: Queue, priority: number): void {
    this.size -= 1
    if (queue.size === 0) this.#queues.delete(priority)
  }
}

/** When it came, less what its priority is worth, in milliseconds. */
function rankOf({ arrival, priority = 0 }: Entry): number {
  return arrival.time - priority * agePerPoint
}

function firstOf({ first }: Queue): Entry | undefined {
  return first
}
