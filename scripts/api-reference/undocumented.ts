import type { Entry, Member } from './entry.ts'

/**
 * What is not said of entries: exported names, ways to call them and members without a comment,
 * options without a default.
 */
export function undocumented(entries: readonly Entry[]): string[] {
  return entries.flatMap(({ name, parts, members }) => [
    ...parts.filter(({ comment }) => comment.text === '').map(() => `${name} has no comment`),
    ...members
      .filter((member) => member.name !== '' && member.comment.text === '')
      .map((member) => `${name}.${member.name} has no comment`),
    ...members
      .filter((member) => name.endsWith('Options') && lacksDefault(member))
      .map((member) => `${name}.${member.name} has no @default`),
  ])
}

function lacksDefault({ name, code, comment }: Member): boolean {
  return code.startsWith(`${name}?: `) && !comment.tags.some((tag) => tag.name === 'default')
}
