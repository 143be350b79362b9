const key = 'jitney-token'

/** The token of this tab; empty if there is none. */
export function keptToken() {
  try {
    return sessionStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

/** @param {string} token */
function keep(token) {
  try {
    sessionStorage.setItem(key, token)
  } catch {
    // Then it is asked for again after a reload.
  }
}

/**
 * Asks for the token, and keeps it in this tab.
 *
 * @param {boolean} refused whether the last one was wrong
 * @returns {Promise<string>}
 */
export function askForToken(refused) {
  const form = /** @type {HTMLFormElement} */ (document.getElementById('token-form'))
  const input = /** @type {HTMLInputElement} */ (document.getElementById('token'))
  const problem = /** @type {HTMLElement} */ (document.getElementById('token-problem'))
  form.hidden = false
  problem.textContent = refused ? 'The service refused this token.' : ''
  input.setAttribute('aria-invalid', String(refused))
  input.focus()
  return new Promise((resolve) => {
    form.onsubmit = (event) => {
      event.preventDefault()
      const token = input.value.trim()
      if (token === '') return
      input.value = ''
      form.hidden = true
      keep(token)
      resolve(token)
    }
  })
}
