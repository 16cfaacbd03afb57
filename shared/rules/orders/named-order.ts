import { orderNumber } from '../../contracts/order-number.ts';

/** «заказ 443», «зак. № 443», «order 443»: what stands before a number says what it is the number of. */
const BEFORE = /^\s*(?:заказ(?:а|у|е|ом|ы|ов)?|зак|orders?|ord)(?:\.\s*|\s+)(?=№|\d)/iu;

/** What is typed to find an order, without what only says that it is one, and as numbers are kept. */
export const orderWords = (typed: string): string => orderNumber(typed.replace(BEFORE, ''));
