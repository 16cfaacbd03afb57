// What the compiler says of handlers: each line that must not compile is marked, and one that does is an error itself.
import type { View } from '@svodka/shared/feed/view';
import { type Asked, boundTo, Route } from './route.decorator.ts';

const view = {} as View;

class Fitting {
  @Route('PATCH /views/:id')
  edit({ id, body }: Asked<'PATCH /views/:id'>): View {
    return { ...view, id, ...body } as View;
  }
}

class Misfits {
  // @ts-expect-error an answer of another shape
  @Route('PATCH /views/:id')
  otherAnswer() {
    return { ...view, order: 'first' };
  }

  // @ts-expect-error a list where one is answered
  @Route('POST /views')
  async many() {
    return [view];
  }

  // @ts-expect-error no body was to be answered
  @Route('DELETE /views/:id')
  somethingForNothing() {
    return view;
  }

  // @ts-expect-error what another route is asked
  @Route('PATCH /views/:id')
  otherRoute({ body }: Asked<'POST /page-faults'>): View {
    return { ...view, name: body.part };
  }
}

describe(Route.name, () => {
  it('binds a method to its route', () => {
    expect(boundTo(Fitting.prototype.edit)?.key).toBe('PATCH /views/:id');
    expect(boundTo(Misfits.prototype.many)?.key).toBe('POST /views');
  });
});
