import { kserveDatatypes, type Tensor } from 'jitney/tensor'
import { writeBytes } from './binary-data.ts'
import { numberOfHalf } from './float16.ts'

/** The header that says where binary data begin. */
export const lengthHeader = 'inference-header-content-length'

export interface Written {
  readonly body: string | Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Writes a message.
 *
 * @param fields what it says beside its tensors.
 * @param field what it calls them.
 * @param isBinary whether a tensor comes as bytes, behind the JSON.
 */
export function writeMessage(
  fields: object,
  field: 'inputs' | 'outputs',
  tensors: Iterable<readonly [string, Tensor]>,
  isBinary: (name: string) => boolean,
): Written {
  const texts: string[] = []
  const tail: Uint8Array[] = []
  for (const [name, tensor] of tensors) {
    const { type, shape } = tensor
    const head = { name, shape, datatype: kserveDatatypes[type] }
    if (isBinary(name)) {
      const bytes = writeBytes(tensor)
      tail.push(bytes)
      texts.push(JSON.stringify({ ...head, parameters: { binary_data_size: bytes.length } }))
    } else texts.push(`${JSON.stringify(head).slice(0, -1)},"data":${dataOf(tensor)}}`)
  }
  const start = JSON.stringify(fields).slice(0, -1)
  const json = `${start}${start === '{' ? '' : ','}"${field}":[${texts.join(',')}]}`
  if (tail.length === 0) return { body: json, headers: { 'content-type': 'application/json' } }
  const header = Buffer.from(json, 'utf8')
  return {
    body: Buffer.concat([header, ...tail]),
    headers: {
      'content-type': 'application/octet-stream',
      [lengthHeader]: String(header.length),
    },
  }
}

/** Elements as JSON: integers of 64 bits keep all their digits. */
function dataOf({ type, data }: Tensor): string {
  if (type === 'int64' || type === 'uint64') return `[${(data as BigInt64Array).join(',')}]`
  if (type === 'bool') return JSON.stringify(Array.from(data as Uint8Array, Boolean))
  if (type === 'float16') return JSON.stringify(Array.from(data as Uint16Array, numberOfHalf))
  return JSON.stringify(Array.isArray(data) ? data : Array.from(data as Float32Array))
}
