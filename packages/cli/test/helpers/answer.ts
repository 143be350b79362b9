/** One HTTP answer, read strictly. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const statusLine = /^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\x20-\x7e\x80-\xff]*)$/

/**
 * Reads the answer at the beginning of what a server sent. Returns it with the rest, or `undefined`
 * if it is not complete. Throws on anything that is not well-formed HTTP with a known length or chunks.
 */
export function readAnswer(
  received: string,
  method = 'POST',
): { readonly answer: Answer; readonly rest: string } | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end === -1) {
    if (received !== '' && !'HTTP/1.1 '.startsWith(received.slice(0, 9))) throw malformed(received)
    return undefined
  }
  const [first, ...lines] = received.slice(0, end).split('\r\n')
  const status = Number(statusLine.exec(first!)?.[1] ?? malformedStatus(first!))
  const headers = Object.fromEntries(lines.map(readHeader))
  const hasBody = method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304
  if (hasBody && headers['transfer-encoding'] === 'chunked') {
    const read = readChunks(received.slice(end + 4))
    return read && { answer: { status, headers, body: read.body }, rest: read.rest }
  }
  // To a client of HTTP/1.0, which knows no chunks, the end of the connection is that of the body.
  if (hasBody && headers['content-length'] === undefined && headers['connection'] === 'close') {
    return { answer: { status, headers, body: received.slice(end + 4) }, rest: '' }
  }
  const length = hasBody ? Number(headers['content-length'] ?? Number.NaN) : 0
  if (Number.isNaN(length)) throw malformed(received)
  const start = end + 4
  if (received.length < start + length) return undefined
  return {
    answer: { status, headers, body: received.slice(start, start + length) },
    rest: received.slice(start + length),
  }
}

/** A chunked body and what comes after it; `undefined` if it is not complete. */
function readChunks(received: string): { body: string; rest: string } | undefined {
  let body = ''
  let rest = received
  for (;;) {
    const end = rest.indexOf('\r\n')
    if (end === -1) return undefined
    const size = /^[0-9a-f]+$/i.test(rest.slice(0, end))
      ? parseInt(rest, 16)
      : malformedStatus(rest)
    const next = end + 2 + size + 2
    if (rest.length < next) return undefined
    if (rest.slice(next - 2, next) !== '\r\n') throw malformed(rest)
    body += rest.slice(end + 2, end + 2 + size)
    rest = rest.slice(next)
    if (size === 0) return { body, rest }
  }
}

function readHeader(line: string): readonly [string, string] {
  const [, name, value] = headerLine.exec(line) ?? []
  if (name === undefined || value === undefined) throw malformed(line)
  return [name.toLowerCase(), value]
}

function malformedStatus(line: string): never {
  throw malformed(line)
}

function malformed(text: string): Error {
  return new Error(`This is not a well-formed answer: ${JSON.stringify(text.slice(0, 500))}`)
}
