// A rule as people read it: one sentence, in the language of the screen.
import type { Id } from '@svodka/shared/contracts/id';
import type { NoticeRule, Recipient, RuleDraft, Span, Trigger } from '@svodka/shared/contracts/notice-rule';
import { ALL, type Filter } from '@svodka/shared/filter/ast';
import type { Subject } from '@svodka/shared/filter/fields';
import { FilterParseError, parseText } from '@svodka/shared/filter/text';
import { i18n, t } from '../../state/i18n.svelte.ts';
import { refs } from '../../state/refs.svelte.ts';
import { sentenceOf } from '../desk/filter-words.ts';

/** The filter of a text; every event or order where it is none. */
export function filterOf(text: string | null, subject: Subject = 'events'): Filter {
  try {
    return text ? parseText(text, subject) : ALL;
  } catch (error) {
    if (error instanceof FilterParseError) return ALL;
    throw error;
  }
}

export const nameOf = ({ name, code }: Pick<NoticeRule, 'name' | 'code'>): string =>
  name ?? (code ? t(`rule.${code}`) : '');

export const spanWords = ({ n, unit }: Span): string => t(`rules.span.${unit}`, { n });

/** «сегодня» in the middle of a text is not how a sentence begins. */
const capital = (text: string) => text.charAt(0).toLocaleUpperCase(i18n.locale) + text.slice(1);
const list = (parts: readonly string[]) =>
  new Intl.ListFormat(i18n.locale, { type: 'conjunction' }).format(parts);

/** A person by name, and that they are let in no more. */
function personWords(id: Id): string {
  const user = refs.user(id);
  return user?.disabled ? `${user.name} (${t('people.closed')})` : (user?.name ?? '…');
}

export function recipientWords(one: Recipient): string {
  if (one.to === 'person') {
    const user = refs.user(one.id);
    return t(user?.disabled ? 'rules.to.person.closed' : 'rules.to.person', { name: user?.name ?? '…' });
  }
  if (one.to === 'role') return t('rules.to.role', { role: t(`role.${one.role}`) });
  if (one.to === 'appointed' && one.role)
    return t('rules.to.appointed.role', { role: t(`role.${one.role}`) });
  return t(`rules.to.${one.to}`);
}

export function triggerWords(trigger: Trigger): string {
  if (trigger.on === 'changed') return t('rules.when.changed', { field: t(`rules.field.${trigger.field}`) });
  if (trigger.on === 'approaching')
    return trigger.lead
      ? t('rules.when.before', { span: spanWords(trigger.lead) })
      : t('rules.when.approaching');
  if (trigger.on === 'overdue' && trigger.every)
    return t('rules.when.repeated', { span: spanWords(trigger.every) });
  if (trigger.on === 'absent') {
    const params = { type: t(`type.${trigger.awaits}`), span: spanWords(trigger.within) };
    return t('rules.when.absent', params);
  }
  return t(`rules.when.${trigger.on}`);
}

/** What a delay or an escalation is said in. */
export const minutesSpan = (minutes: number): Span =>
  minutes % 60 === 0 ? { n: minutes / 60, unit: 'hours' } : { n: minutes, unit: 'minutes' };

export const toWords = (recipients: readonly Recipient[]): string => list(recipients.map(recipientWords));

/** Customers have no inbox: whatever ways a rule takes for people of the house, they are written a letter. */
function tellWords({ recipients, channels, delayMinutes }: RuleDraft): string[] {
  const staff = recipients.filter(({ to }) => to !== 'customer');
  const customers = recipients.filter(({ to }) => to === 'customer');
  const how = list(channels.map((channel) => t(`rules.by.${channel}`)));
  const delay =
    delayMinutes > 0 ? `, ${t('rules.delay', { span: spanWords(minutesSpan(delayMinutes)) })}` : '';
  return [
    staff.length > 0 ? t('rules.tell', { who: toWords(staff), how }) + delay : '',
    customers.length > 0 ? t('rules.tell', { who: toWords(customers), how: t('rules.by.mail') }) : '',
  ];
}

/** The whole rule in one sentence, as everybody reads it. */
export function ruleWords(rule: RuleDraft & Partial<Pick<NoticeRule, 'ownerId'>>): string {
  const { ownerId } = rule;
  const orders = rule.orders
    ? t('rules.orders.some', { filter: sentenceOf(filterOf(rule.orders, 'orders')) })
    : ownerId
      ? t('rules.orders.of', { name: personWords(ownerId) })
      : '';
  const parts = [
    `${triggerWords(rule.trigger)}: ${sentenceOf(filterOf(rule.filter))}${orders && `, ${orders}`}`,
    ...tellWords(rule),
    rule.digest === 'at-once' ? t('rules.digest.at-once') : '',
    rule.passesQuiet ? t('rules.passesQuiet') : '',
    rule.escalation
      ? t('rules.escalation', {
          span: spanWords(minutesSpan(rule.escalation.afterMinutes)),
          who: toWords(rule.escalation.recipients),
        })
      : '',
  ];
  return `${parts.filter(Boolean).map(capital).join('. ')}.`;
}
