// What a comment points to: «#318» is an order and an address of our own an event, where there is one and the reader may
// see it. They are asked for once, and stand as plain words until then.
import type { Id } from '@svodka/shared/contracts/id';
import { numberKey } from '@svodka/shared/contracts/order-number';
import { ask } from '../../api/rest.ts';
import { titleOf } from '../../state/event-names.ts';

const ORDER = /(?<![\p{L}\p{N}/&#])#([\p{L}\p{N}](?:[\p{L}\p{N}_./-]{0,40}[\p{L}\p{N}])?)/gu;
/** The order whose whole number is asked for stands first; others differ from it by more than their spelling. */
const FOUND_MOST = 5;
const orders = new Map<string, Promise<Id | undefined>>();
const events = new Map<Id, Promise<string>>();

function remembered<K, V>(known: Map<K, Promise<V>>, key: K, read: () => Promise<V>): Promise<V> {
  let found = known.get(key);
  if (!found) {
    found = read();
    known.set(key, found);
    // Asked for again when it is next drawn.
    found.catch(() => known.delete(key));
  }
  return found;
}

/** One after the other: a comment full of numbers keeps nothing else of its reader waiting. */
let asked: Promise<unknown> = Promise.resolve();

const orderOf = (number: string) =>
  remembered(orders, number, () => {
    const found = asked.then(async () => {
      const { items } = await ask('GET /projects', { query: { search: number, limit: FOUND_MOST } });
      return items.find((each) => numberKey(each.number) === numberKey(number))?.id;
    });
    asked = found.catch(() => undefined);
    return found;
  });
const titleAt = (id: Id) =>
  remembered(events, id, async () => titleOf((await ask('GET /events/:id', { id })).event));

/** Some nodes of a text, with the orders and events that it points to as links. */
export const withNamed = (nodes: readonly Node[]): Node[] =>
  nodes.flatMap((node) => {
    if (node instanceof HTMLAnchorElement) ownLink(node);
    return node.nodeType === Node.TEXT_NODE ? withOrders(node.textContent ?? '') : [node];
  });

function withOrders(text: string): Node[] {
  const made: Node[] = [];
  let from = 0;
  for (const match of text.matchAll(ORDER)) {
    const [words, number = ''] = match;
    const place = document.createElement('span');
    place.textContent = words;
    void orderOf(number).then(
      (id) => {
        if (!id) return;
        const link = document.createElement('a');
        link.href = `/projects/${id}`;
        link.textContent = words;
        place.replaceChildren(link);
      },
      () => undefined,
    );
    made.push(document.createTextNode(text.slice(from, match.index)), place);
    from = match.index + words.length;
  }
  return [...made, document.createTextNode(text.slice(from))];
}

/** An address of ours opens in this page; that of an event is called as the event is. */
function ownLink(link: HTMLAnchorElement): void {
  if (link.origin !== location.origin) return;
  link.removeAttribute('target');
  const id =
    new URL(link.href).searchParams.get('event') ?? /^\/events\/([\da-f-]{36})$/.exec(link.pathname)?.[1];
  if (id && link.textContent === link.href)
    void titleAt(id).then(
      (title) => {
        link.textContent = title;
      },
      () => undefined,
    );
}
