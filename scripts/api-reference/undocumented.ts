import type { Entry } from './entry.ts'

/** What has no comment of its entries: exported names, ways to call them, and their members. */
export function undocumented(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ name, parts, members }) => [
    ...parts.filter(({ comment }) => comment.text === '').map(() => name),
    ...members
      .filter((member) => member.name !== '' && member.comment.text === '')
      .map((member) => `${name}.${member.name}`),
  ])
}
