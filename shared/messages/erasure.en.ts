import type { erasureRu } from './erasure.ru.ts';

export const erasureEn: Record<keyof typeof erasureRu, string> = {
  'erasure.name': 'Data erased',
  'erasure.act.title': 'ACT on the erasure of personal data, card {number}',
  'erasure.act.operator': 'Controller: {company}',
  'erasure.act.subject': 'Data subject: counterparty card {number}, identifiers {ids}',
  'erasure.act.when': 'Erased at: {moment}',
  'erasure.act.ground': 'Ground: {line}',
  'erasure.act.categories':
    'Categories of data: name, phones, e-mail, company details, addresses, texts of events and discussions, files, call recordings, letters.',
  'erasure.act.way':
    'Method: erased by Svodka. The store was written anew without what was erased, the change log was emptied, the former file was deleted.',
  'erasure.act.looked':
    'Check: {bytes} bytes of the store were looked through, {found, plural, =0 {no phone, mail address or registration number of the subject was found} one {# mention is left} other {# mentions are left}}.',
  'erasure.act.unlooked': 'Check: the erasure was cut off and ended later; nothing was left to look for.',
  'erasure.act.elsewhere':
    'Check: the store is MongoDB; its oplog and backups are kept by its own tools and are checked apart.',
  'erasure.act.backups':
    'Backups made before are destroyed within 30 days; a restore from one of them repeats the erasure.',
  'erasure.act.extract': 'Extract of the event log:',
  'erasure.act.sign': 'Responsible: {line} (signature, name)',
  'erasure.kind.cards': 'cards erased',
  'erasure.kind.orders': 'orders cleared of words and addresses',
  'erasure.kind.events': 'texts of events erased',
  'erasure.kind.comments': 'comments erased',
  'erasure.kind.files': 'files and call recordings erased',
  'erasure.kind.letters': 'letters erased',
  'erasure.kind.links': 'customer links closed',
  'erasure.kind.mentions': "mentions erased in others' records",
};
