// What the feeds are measured against: a Socket.IO server that stores nothing and asks nobody for permission. A posted
// event goes to the rooms that a hand-made index chooses, or to each socket one of whose predicates it passes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { moduleOf } from '@svodka/shared/contracts/modules';
import { type Predicate, toPredicate } from '@svodka/shared/filter/predicate';
import { Server, type Socket } from 'socket.io';
import { type Draft, SCHEMES, type Scheme } from './schemes.ts';

const [name = '', mode = '', orders = '[]'] = process.argv.slice(2);
const scheme = SCHEMES[name] as Scheme;
const predicates = new Map<Socket, Predicate[]>();

function byIndex(i: number, event: Draft): void {
  io.to(scheme.concerned(i).map(String)).emit('event', event);
}

function byPredicate(event: Draft): void {
  const image = { ...event, module: moduleOf(event.type) };
  for (const [socket, mine] of predicates)
    if (mine.some((matches) => matches(image))) socket.emit('event', event);
}

const http = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const { i, event } = JSON.parse(body) as { i: number; event: Draft };
    if (mode === 'index') byIndex(i, event);
    else byPredicate(event);
    response.end('{}');
  });
});
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
io.on('connection', (socket) => {
  const feeds = scheme.feedsOf(Number(socket.handshake.auth.socket));
  if (mode === 'index') void socket.join(feeds.map(String));
  else
    predicates.set(
      socket,
      feeds.map((feed) => toPredicate(scheme.filterOf(feed, JSON.parse(orders)))),
    );
});
http.keepAliveTimeout = 60_000;
http.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(http.address() as AddressInfo).port}`));
