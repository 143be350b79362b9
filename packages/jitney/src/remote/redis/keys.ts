const fixed = [
  'waiting',
  'later',
  'held',
  'items',
  'facts',
  'counter',
  'bell',
  'workers',
  'clients',
  'dead',
  'graves',
] as const

/** Keys of a queue. They share a hash tag, so that a cluster has them in one slot. */
export class Keys {
  readonly #prefix: string
  /** Those that every script is handed first, in the order in which it names them. */
  readonly fixed: readonly string[]
  readonly bell: string

  constructor(queue: string) {
    this.#prefix = `{jitney:${queue}}:`
    this.fixed = fixed.map((name) => `${this.#prefix}${name}`)
    this.bell = `${this.#prefix}bell`
  }

  /** What is known of what a client's items became, and the replies to it. */
  of(client: string): readonly [known: string, replies: string] {
    return [`${this.#prefix}known:${client}`, `${this.#prefix}replies:${client}`]
  }

  get workers(): string {
    return `${this.#prefix}workers`
  }

  get waiting(): string {
    return `${this.#prefix}waiting`
  }

  get later(): string {
    return `${this.#prefix}later`
  }
}
