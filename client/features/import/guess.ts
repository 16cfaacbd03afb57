import type { ImportTarget } from '@svodka/shared/contracts/import';

/**
 * What a column most likely holds, by the words in its name. In order: what is more telling comes first, so that
 * «номер заказа» is an order and not a record number.
 */
const SIGNS: [ImportTarget, RegExp][] = [
  ['dueAt', /deadline|due\b|срок|дедлайн|planned|план/],
  ['occurredAt', /timestamp|\bdate\b|\btime\b|\bwhen\b|occurred|дата|время|когда/],
  ['importance', /importance|priority|важност|приоритет/],
  ['status', /\bstat(?:us|e)\b|статус|состояни/],
  ['counterparty', /counterparty|customer|client|контрагент|клиент|заказчик/],
  ['project', /project|\border\b|\bcase\b|заказ|проект|договор|объект/],
  ['author', /author|resource|\bwho\b|\buser\b|автор|кто|сотрудник|менеджер|ответственн/],
  ['type', /\btype\b|\bkind\b|тип|вид/],
  ['body', /body|description|comment|note|details|подробност|описани|комментари|примечани/],
  ['title', /title|subject|event|activity|\bname\b|\bwhat\b|событие|название|тема|что/],
  ['externalId', /\bid\b|\bno\b|number|код|номер|№/],
];

/** Targets for columns that no preset knows; each target once, the rest is kept. */
export function guessTargets(columns: readonly string[]): Record<string, ImportTarget> {
  const taken = new Set<ImportTarget>();
  const found = new Map<string, ImportTarget>();
  for (const [target, sign] of SIGNS) {
    const column = columns.find(
      (each) => !found.has(each) && sign.test(each.toLowerCase().replace(/[_:.-]+/g, ' ')),
    );
    if (!column || taken.has(target)) continue;
    taken.add(target);
    found.set(column, target);
  }
  return Object.fromEntries(columns.map((column) => [column, found.get(column) ?? 'keep']));
}
