import type { MentionGroup } from '@svodka/shared/contracts/comment';
import type { Id } from '@svodka/shared/contracts/id';
import { withoutMarkup } from '@svodka/shared/rules/markup';

/** Many who can be named at once, and who they are. */
export type Group = MentionGroup & { memberIds: Id[] };
/** The key of a group among the lines of a list. */
export const groupKey = (group: MentionGroup): string =>
  'role' in group ? `role:${group.role}` : `department:${group.department}`;

/** A person who can be named in a comment. */
export type Person = { id: Id; name: string };
/** A piece of a comment: plain text, or the name of somebody who is addressed. */
export type Piece = { text: string; mention: boolean };

/** The half-typed name before the caret, without its @; null when none is being typed. */
export function mentionBefore(text: string, caret: number): { from: number; typed: string } | null {
  const match = /(?:^|[\s(«"])@([\p{L}\p{N}._ -]{0,40})$/u.exec(text.slice(0, caret));
  if (!match || (match[1] ?? '').split(' ').length > 2) return null;
  return { from: caret - (match[1] ?? '').length - 1, typed: match[1] ?? '' };
}

/** Those of the people chosen while writing who are still named in the text. */
export function mentionedIn(text: string, chosen: readonly Person[]): Id[] {
  return [...new Set(chosen.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id))];
}

/** Those of the groups chosen while writing that are still named, each once. */
export function groupsIn(text: string, chosen: readonly MentionGroup[]): MentionGroup[] {
  const named = chosen.filter(({ name }) => text.includes(`@${name}`));
  return [...new Map(named.map((group) => [groupKey(group), group])).values()].map((group) =>
    'role' in group
      ? { role: group.role, name: group.name }
      : { department: group.department, name: group.name },
  );
}

/** Splits a comment at the names of the people it addresses. */
export function pieces(text: string, people: readonly { name: string }[]): Piece[] {
  const names = people.map(({ name }) => `@${name}`).sort((a, b) => b.length - a.length);
  const result: Piece[] = [];
  let plain = '';
  for (let at = 0; at < text.length; ) {
    const name = text[at] === '@' ? names.find((each) => text.startsWith(each, at)) : undefined;
    if (name === undefined) {
      plain += text[at++];
      continue;
    }
    if (plain) result.push({ text: plain, mention: false });
    plain = '';
    result.push({ text: name, mention: true });
    at += name.length;
  }
  if (plain) result.push({ text: plain, mention: false });
  return result;
}

/** The first words of a comment in a line, without the signs of its formatting. */
export const excerpt = (body: string): string => withoutMarkup(body).replace(/\s+/g, ' ').slice(0, 140);
