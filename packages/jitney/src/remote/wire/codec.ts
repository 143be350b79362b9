/**
 * How items and results become bytes and values again. What `decode` gets may come from anybody who
 * can write to the queue: it must be safe on foreign bytes, which rules out whatever revives classes
 * or code.
 */
export interface Codec {
  /** Throws for what it cannot write: the item is refused, or the result becomes an error. */
  encode(value: unknown): Uint8Array
  /**
   * Reads what `encode` wrote. Throws for what it cannot read: the item or result is an error then.
   */
  decode(bytes: Uint8Array): unknown
}

const encoder = /* @__PURE__ */ new TextEncoder()
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true })

/** JSON in UTF-8. `undefined`, functions, symbols and bigints are refused, not left out. */
export const jsonCodec: Codec = {
  encode: (value) => {
    const text: string | undefined = JSON.stringify(value)
    if (text === undefined)
      throw new TypeError(`JSON has no way to write a value of type ${typeof value}`)
    return encoder.encode(text)
  },
  decode: (bytes) => JSON.parse(decoder.decode(bytes)) as unknown,
}
