import type { TensorData } from './tensor.ts'

/** Elements in row-major order, from `start` on. */
export interface Block {
  readonly data: TensorData
  readonly shape: readonly number[]
  readonly start: number
}

/** Below this, a loop is quicker than the call that copies memory. */
const fewElements = 32

/** Copies the first `extent` of each dimension from one block to the same place of another. */
export function copyBlock(extent: readonly number[], from: Block, to: Block, axis = 0): void {
  if (isOnePiece(extent, from.shape, axis) && isOnePiece(extent, to.shape, axis)) {
    copyRun(from, to, sizeFrom(extent, axis))
    return
  }
  const steps = [sizeFrom(from.shape, axis + 1), sizeFrom(to.shape, axis + 1)] as const
  for (let index = 0; index < (extent[axis] as number); index += 1) {
    copyBlock(
      extent,
      { ...from, start: from.start + index * steps[0] },
      { ...to, start: to.start + index * steps[1] },
      axis + 1,
    )
  }
}

/** Whether the first `extent` of each dimension, from `axis` on, lies in one piece. */
export function isOnePiece(extent: readonly number[], shape: readonly number[], axis = 0): boolean {
  for (let inner = axis + 1; inner < extent.length; inner += 1) {
    if (extent[inner] !== shape[inner]) return false
  }
  return true
}

function copyRun(from: Block, to: Block, count: number): void {
  if (ArrayBuffer.isView(from.data) && count >= fewElements) {
    const run = from.data.subarray(from.start, from.start + count)
    ;(to.data as Uint8Array).set(run as Uint8Array, to.start)
    return
  }
  const [source, target] = [from.data, to.data] as unknown[][] as [unknown[], unknown[]]
  for (let index = 0; index < count; index += 1) {
    target[to.start + index] = source[from.start + index]
  }
}

function sizeFrom(shape: readonly number[], first: number): number {
  let size = 1
  for (let axis = first; axis < shape.length; axis += 1) size *= shape[axis] as number
  return size
}
