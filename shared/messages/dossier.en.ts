import type { dossierRu } from './dossier.ru.ts';

export const dossierEn: Record<keyof typeof dossierRu, string> = {
  'dossier.title': 'Dossier — {title}',
  'dossier.period': 'From {from} to {to}',
  'dossier.made': 'Made on {at} ({zone}) by {by}',
  'dossier.leftOut':
    '{count, plural, one {# more event is left out: you have no access to it} other {# more events are left out: you have no access to them}}',
  'dossier.cut':
    '{count, plural, one {The newest event is here} other {The newest # events are here}}; the period has more. Choose a shorter one',
  'dossier.money': 'Payments',
  'dossier.total': 'Total',
  'dossier.sum': 'Amount',
  'dossier.dates': 'Dates given',
  'dossier.day': 'Date',
  'dossier.promises': 'Promises',
  'dossier.promise.kept': 'kept {at}',
  'dossier.promise.late': 'kept late, {at}',
  'dossier.promise.broken': 'not kept',
  'dossier.promise.open': 'not due yet',
  'dossier.files': 'Files of the card',
  'dossier.events': '{count, plural, =0 {Events} one {# event} other {# events}}',
  'dossier.none': 'There are no events in this period.',
  'dossier.when': 'When',
  'dossier.what': 'What',
  'dossier.became': 'Outcome',
  'dossier.edited': 'changed {at}',
  'dossier.file': '{name}, {size} KB',
  'dossier.file.without': 'the file is not part of this dossier',
  'dossier.readme':
    'Dossier: open index.html. The attached files are in the folder files; their checksums are in SHA256SUMS.txt.',
  'dossier.missing': 'Left out (no access, removed or damaged):',
  'dossier.open': 'Dossier',
  'dossier.head': 'Dossier for a period',
  'dossier.text':
    'Events, calls, comments, payments, promises and documents on one page. Opening it is recorded in the access log.',
  'dossier.from': 'From',
  'dossier.to': 'To',
  'dossier.page': 'Open the page',
  'dossier.zip': 'Download with files (ZIP)',
};
