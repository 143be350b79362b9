const most = 300

/** Somebody else's text for a terminal: on one line, without what would control it, and not too long. */
export function printable(text: string): string {
  const shown = text.replace(/\p{Cc}+/gu, ' ')
  return shown.length > most ? `${shown.slice(0, most)}...` : shown
}
