import type { Recipient, RuleCode } from '@svodka/shared/contracts/notice-rule';
import { createTestApp, type TestApp } from '../../../test/support/app.ts';
import { STEPS } from '../../migrations.ts';
import { migrate } from '../../platform/mongo/migrations.ts';
import { RULES, type RuleDoc } from './rule.schema.ts';
import { RULE_STEPS } from './rule.steps.ts';
import { startingId } from './starting-rules.ts';

describe('the steps to whoever it is entrusted to', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app?.close());

  it('lets the rules of a company that has changed nothing tell them, and leaves what somebody has written', async () => {
    const rules = app.connection.collection<RuleDoc>(RULES);
    const recipientsOf = async (code: RuleCode) =>
      (await rules.findOne({ _id: startingId(code) }))?.recipients;
    const begun = [await recipientsOf('promise-due'), await recipientsOf('shift-given')];
    const author: Recipient[] = [{ to: 'author' }];
    const own: Recipient[] = [{ to: 'author' }, { to: 'role', role: 'administrator' }];
    const write = (code: RuleCode, recipients: Recipient[]) =>
      rules.updateOne({ _id: startingId(code) }, { $set: { recipients } });
    await write('promise-due', author);
    await write('promise-broken', own);
    await write('complaint', author);
    await write('shift-given', [{ to: 'manager' }]);
    const numbers = RULE_STEPS.map(({ number }) => number);
    await app.connection
      .collection<{ _id: string }>('settings')
      .updateOne({ _id: 'schema' }, { $pull: { steps: { number: { $in: numbers } } } } as never);
    await migrate(app.connection, [], { steps: STEPS });
    expect(begun).toEqual([[{ to: 'keeper' }, { to: 'author' }], [{ to: 'keeper' }]]);
    expect([await recipientsOf('promise-due'), await recipientsOf('shift-given')]).toEqual(begun);
    expect(await recipientsOf('promise-broken')).toEqual(own);
    expect(await recipientsOf('complaint')).toEqual(author);
  });
});
