import { inPlainSigns, likeCyrillic } from './look-alikes.ts';

/** What is written before a number. An N counts only where it stands apart: «N449» is a number of its own. */
const SIGN = /^(?:\s|№|N(?:o?\.\s*|o?\s+)(?=\d))+/iu;

/** «заказ 443», «зак. № 443», «order ЗК-55/1»: what stands before a number says what it is the number of. */
const WORD = /^\s*(?:заказ(?:а|у|е|ом|ы|ов)?|зак|orders?|ord)(?:\.\s*|\s+)(?=№|[^\s\d]*\d)/iu;

/** The number of an order as it is kept: screens and papers write «№ 449», and so people copy it. */
export const orderNumber = (text: string): string =>
  inPlainSigns(text).replace(SIGN, '').replace(/\s+/g, ' ').trim();

/** What is typed to find an order, without what only says that it is one, and as numbers are kept. */
export const orderWords = (text: string): string => orderNumber(inPlainSigns(text).replace(WORD, ''));

/**
 * What of an order's number is compared: two spellings with the same key are one order. Case, look-alike letters, kinds
 * of digits and dashes, blanks around a separator and «заказ №» before it are spelling; a zero before a number and a separator that is
 * missing are not, since «1-1» and «11» are two orders, and «П-12» and «П-0012» may be.
 */
export const numberKey = (text: string): string =>
  orderWords(text)
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[a-z]/g, likeCyrillic)
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replace(/(?:(?<!\s)\s+)?([-/\\._,])\s*/g, '$1');
