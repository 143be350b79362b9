/** Makes names safe to stand in a statement, as the SQL standard has it, or with MySQL's backtick. */
export function quoteName(name: string, mark = '"'): string {
  return mark + name.replaceAll(mark, mark + mark) + mark
}

export function quoteNames(names: readonly string[], mark = '"'): string {
  return names.map((name) => quoteName(name, mark)).join(', ')
}

/** A table, or schema and table. */
export function quoteTable(names: readonly string[], mark = '"'): string {
  return names.map((name) => quoteName(name, mark)).join('.')
}
