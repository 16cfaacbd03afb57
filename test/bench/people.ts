import { newId } from '@svodka/shared/contracts/id';
import type { App } from '../support/app-process.ts';
import { Client } from '../support/client.ts';

export const signInAdmin = (app: App): Promise<Client> =>
  new Client(app.url).signIn(app.admin.login, app.admin.password);

/** Makes `n` dispatchers and signs in as each, because one person may hold ten sockets only. */
export async function dispatchers(app: App, n: number, name = 'bench'): Promise<Client[]> {
  const admin = await signInAdmin(app);
  const people: Client[] = [];
  for (let i = 0; i < n; i++) {
    const login = `${name}${i}`;
    const password = newId();
    await admin.post('/api/users', { login, name: `Bench ${i}`, roles: ['dispatcher'], password });
    people.push(await new Client(app.url).signIn(login, password));
  }
  return people;
}
