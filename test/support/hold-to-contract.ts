import { ErrorBodySchema } from '@svodka/shared/contracts/errors';
import { ROUTES } from '@svodka/shared/routes/all';
import { errorsOf, methodOf, pathOf, type RouteSpec } from '@svodka/shared/routes/route';

const TABLE = Object.entries<RouteSpec>(ROUTES).map(([key, spec]) => ({
  key,
  spec,
  // What is written out stands before what is any id.
  rank: pathOf(key).split(':').length,
  address: new RegExp(`^/api${pathOf(key).replaceAll('.', '\\.').replace(/:\w+/g, '[^/]+')}$`),
}));
TABLE.sort((a, b) => a.rank - b.rank);

/**
 * Holds an answer of the server to what the contract says of its route: a status or a field that is not declared, and
 * an error whose code is not, is a fault, in whichever test it is met.
 * @throws Error that names the route and what does not fit
 */
export function holdToContract(
  method: string,
  path: string,
  answer: { status: number; body: unknown },
): void {
  const [address = ''] = path.split('?');
  const route = TABLE.find((each) => methodOf(each.key) === method && each.address.test(address));
  if (!route) return;
  const fault = faultOf(route.key, route.spec, answer);
  if (fault)
    throw new Error(`${route.key} answered ${answer.status}, other than its contract says: ${fault}`);
}

function faultOf(
  key: string,
  spec: RouteSpec,
  { status, body }: { status: number; body: unknown },
): string | null {
  const declared = spec.answers[status];
  if (declared === null) return body === undefined ? null : 'a body where there should be none';
  if (declared) return declared.safeParse(body).error?.message ?? null;
  if (status < 400) return 'a status that is not declared';
  const { error, data } = ErrorBodySchema.safeParse(body);
  if (error) return error.message;
  return errorsOf(key, spec).includes(data.error.code) ? null : `the code ${data.error.code} is not declared`;
}
