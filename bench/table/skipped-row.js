/**
 * A row that says what was not measured, and why.
 *
 * @param {string} what
 * @param {string} note
 * @returns {import('./types.js').Row}
 */
export function skippedRow(what, note) {
  return { what, figure: '', unit: '', verdict: 'skipped', note }
}
