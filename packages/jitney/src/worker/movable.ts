/**
 * The buffers that can be moved with these values instead of being copied: those that are a value,
 * or what a field or element of one is a view of. Only what a view has to itself is moved: others may
 * still read the rest of a larger buffer. An empty one may have been moved before: Node accepts it in a
 * transfer list, and then loses the message.
 */
export function movableBuffers(values: ArrayLike<unknown>): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>()
  if (ArrayBuffer.isView(values)) addBuffer(values, found)
  else {
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index]
      if (typeof value !== 'object' || value === null || addBuffer(value, found)) continue
      if (Array.isArray(value)) for (const element of value) addBuffer(element, found)
      else if (isPlain(value)) for (const field of Object.values(value)) addBuffer(field, found)
    }
  }
  return [...found]
}

function addBuffer(value: unknown, found: Set<ArrayBuffer>): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof ArrayBuffer) {
    if (value.byteLength > 0) found.add(value)
  } else if (!ArrayBuffer.isView(value)) return false
  else if (value.buffer instanceof ArrayBuffer && isWhole(value)) {
    found.add(value.buffer)
  }
  return true
}

function isWhole({ byteLength, buffer }: ArrayBufferView): boolean {
  return byteLength > 0 && byteLength === buffer.byteLength
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
