import { Inject, Injectable } from '@nestjs/common';
import type { Locale } from '@svodka/shared/contracts/common';
import {
  CUSTOMER_TYPES,
  type CustomerType,
  type LetterWording,
  type LetterWords,
} from '@svodka/shared/contracts/customer';
import { catalogues } from '@svodka/shared/messages/catalogue';
import type { Connection, mongo } from 'mongoose';
import { touchedNow } from '../platform/context/request-context.ts';
import { driverCollection } from '../platform/mongo/driver-collection.ts';
import { MONGO } from '../platform/mongo/mongo.ts';
import { LETTER_WORDS, type LetterWordsDoc } from './customer-link.schema.ts';
import { checkWords } from './letter-words.ts';

/** As our catalogue has them, with the same places: what a company has not worded itself. */
const usual = (locale: Locale): Pick<LetterWords, 'subject' | 'text'> => ({
  subject: catalogues[locale]['customer.letter.subject'],
  text: catalogues[locale]['customer.letter.text'],
});

/** How letters to customers are worded, by kind and language. */
@Injectable()
export class LetterWordings {
  readonly #words: mongo.Collection<LetterWordsDoc>;

  constructor(@Inject(MONGO) connection: Connection) {
    this.#words = driverCollection(connection, LETTER_WORDS);
  }

  /** As they are now. */
  async read(): Promise<(kind: CustomerType, locale: Locale) => LetterWording> {
    const docs = new Map((await this.#words.find().toArray()).map((doc) => [doc._id, doc]));
    return (kind, locale) => {
      const { subject, text } = docs.get(idOf(kind, locale)) ?? usual(locale);
      return { kind, locale, subject, text, usual: usual(locale) };
    };
  }

  async all(): Promise<LetterWording[]> {
    const wording = await this.read();
    return CUSTOMER_TYPES.flatMap((kind) => (['ru', 'en'] as const).map((locale) => wording(kind, locale)));
  }

  /** @throws AppError `validation` for what is no field of a letter */
  async write({ kind, locale, subject, text }: LetterWords): Promise<LetterWording> {
    check({ subject, text });
    const changes = { subject, text, ...touchedNow() };
    await this.#words.updateOne({ _id: idOf(kind, locale) }, { $set: changes }, { upsert: true });
    return (await this.read())(kind, locale);
  }
}

export function check({ subject, text }: Pick<LetterWords, 'subject' | 'text'>): void {
  checkWords('subject', subject);
  checkWords('text', text);
}

const idOf = (kind: CustomerType, locale: Locale): string => `${kind}:${locale}`;
