import { readEvents } from './events.js'

/** Milliseconds without a byte after which a connection counts as lost: five events. */
const patience = 5000
const longestDelay = 8000

/**
 * Reads the service's events for ever, and comes back when it went away.
 *
 * @param {object} options
 * @param {(refused: boolean) => Promise<string>} options.askToken resolves when somebody gave one
 * @param {string} options.token
 * @param {boolean} options.isTokenNeeded so that nothing is asked for in vain
 * @param {(snapshot: any) => void} options.onSnapshot
 * @param {(reason: string) => void} options.onLost
 */
export async function watchService({ askToken, token, isTokenNeeded, onSnapshot, onLost }) {
  let shown = isTokenNeeded && token === '' ? await askToken(false) : token
  let delay = 1000
  for (;;) {
    const ending = await listen(shown, (snapshot) => {
      delay = 1000
      onSnapshot(snapshot)
    })
    if (ending.unauthorized) {
      shown = await askToken(shown !== '')
      continue
    }
    onLost(ending.reason)
    await new Promise((resolve) => setTimeout(resolve, delay))
    delay = Math.min(longestDelay, delay * 2)
  }
}

/**
 * One connection, to its end.
 *
 * @param {string} token
 * @param {(snapshot: any) => void} onSnapshot
 * @returns {Promise<{ unauthorized: boolean, reason: string }>}
 */
async function listen(token, onSnapshot) {
  const controller = new AbortController()
  let timer = setTimeout(() => controller.abort(), patience)
  const stillThere = () => {
    clearTimeout(timer)
    timer = setTimeout(() => controller.abort(), patience)
  }
  try {
    // Not EventSource, which cannot send a header.
    const answer = await fetch('stats/stream', {
      headers: token === '' ? {} : { authorization: `Bearer ${token}` },
      cache: 'no-store',
      signal: controller.signal,
    })
    if (answer.status === 401) return { unauthorized: true, reason: '' }
    if (!answer.ok || answer.body === null)
      return { unauthorized: false, reason: await why(answer) }
    for await (const data of readEvents(answer.body, stillThere)) onSnapshot(JSON.parse(data))
    return { unauthorized: false, reason: 'The service ended the connection.' }
  } catch {
    const reason = controller.signal.aborted
      ? 'The service says nothing.'
      : 'The service is not reached.'
    return { unauthorized: false, reason }
  } finally {
    clearTimeout(timer)
    controller.abort()
  }
}

/** @param {Response} answer */
async function why(answer) {
  try {
    return String((await answer.json()).detail)
  } catch {
    return `The service answers ${answer.status}.`
  }
}
