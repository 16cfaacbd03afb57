import { Controller, Res } from '@nestjs/common';
import type { Response } from '../platform/http/request.ts';
import { Asked, Route } from '../platform/http/route.decorator.ts';
import { showLetter } from '../platform/http/show-letter.ts';
import { CustomerLetters } from './customer-letters.service.ts';
import { LetterWordings } from './letter-words.service.ts';

@Controller()
export class LetterWordsController {
  constructor(
    private readonly wordings: LetterWordings,
    private readonly letters: CustomerLetters,
  ) {}

  @Route('GET /letter-words')
  async list() {
    return { items: await this.wordings.all() };
  }

  @Route('POST /letter-words')
  write(@Asked() { body }: Asked<'POST /letter-words'>) {
    return this.wordings.write(body);
  }

  @Route('POST /letter-words/preview')
  preview(@Asked() { body }: Asked<'POST /letter-words/preview'>) {
    return { subject: this.letters.sample(body).subject };
  }

  @Route('GET /letter-words/looks')
  looks(@Asked() { query }: Asked<'GET /letter-words/looks'>, @Res() response: Response): void {
    showLetter(response, this.letters.sample(query).html);
  }
}
