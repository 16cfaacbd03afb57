import fc from 'fast-check';
import { linkedNodes } from '../ui/linked.ts';
import { linkPieces } from './links.ts';

const links = (text: string) =>
  linkPieces(text).flatMap(({ text: shown, href }) => (href ? [[shown, href]] : []));

describe(linkPieces.name, () => {
  it.each([
    ['звонить +7 916 718-30-51 после шести', '+7 916 718-30-51', 'tel:+79167183051'],
    ['8 (916) 718-30-51', '8 (916) 718-30-51', 'tel:+79167183051'],
    ['89167183051.', '89167183051', 'tel:+79167183051'],
    ['+375 29 123-45-67', '+375 29 123-45-67', 'tel:+375291234567'],
    [
      'см. https://okna.example/zakaz?id=1&x=(2).',
      'https://okna.example/zakaz?id=1&x=(2)',
      'https://okna.example/zakaz?id=1&x=(2)',
    ],
    ['(http://okna.example)', 'http://okna.example', 'http://okna.example/'],
  ])('finds the link in «%s»', (text, shown, href) => {
    expect(links(text)).toEqual([[shown, href]]);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt://%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:msgbox(1)',
    'file:///etc/passwd',
    'httpx://a.example',
    'http://',
    'заказ 104130, сумма 184 300,50 ₽',
    'ИНН 7701234567, счёт 40702810900000012345',
    '2026-11-27 09:00',
    '1470 x 1468 x 1200',
  ])('makes none of «%s»', (text) => {
    expect(links(text)).toEqual([]);
  });

  it('keeps every sign of the text, and knows three schemes only', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'javascript:',
        'https://',
        'http://a.example/',
        '+7 916 718-30-51',
        'tel:',
        ')',
        '(',
        '.',
        ' ',
        '<b>',
        '\u202e',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const pieces = linkPieces(text);
        expect(pieces.map((piece) => piece.text).join('')).toBe(text);
        for (const { href } of pieces)
          if (href !== undefined) expect(href).toMatch(/^(?:https?:\/\/|tel:\+\d+$)/);
      }),
    );
  });

  it('never becomes markup, and gives no page a handle on ours', () => {
    const host = document.createElement('p');
    host.replaceChildren(...linkedNodes('<img src=x onerror=alert(1)> https://a.example/"><script>'));
    expect(host.querySelector('img, script')).toBeNull();
    const link = host.querySelector('a') as HTMLAnchorElement;
    expect(link.rel).toContain('noopener');
    expect(link.protocol).toBe('https:');
  });
});
