/** The rows of an answer: mysql2 gives them with their fields, mariadb alone. None of what has none. */
export function rowsOf(answer: unknown): readonly unknown[] {
  if (!Array.isArray(answer)) return []
  // `meta` is how mariadb marks rows.
  if ('meta' in answer) return answer as unknown[]
  const [rows] = answer as unknown[]
  return Array.isArray(rows) ? (rows as unknown[]) : []
}
