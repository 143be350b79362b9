/**
 * Reads server-sent events from the bytes of an answer
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream).
 *
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} onBytes called whenever something came, also a heartbeat
 * @returns {AsyncGenerator<string, void>} the data of each event
 */
export async function* readEvents(body, onBytes) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onBytes()
      const blocks = (rest + decoder.decode(value, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const lines = block.split('\n').filter((line) => line.startsWith('data:'))
        if (lines.length > 0) yield lines.map((line) => line.slice(5).trimStart()).join('\n')
      }
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}
