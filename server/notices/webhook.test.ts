import { signatureOf } from './webhook.carrier.ts';

describe(signatureOf.name, () => {
  const said = ['msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}'] as const;

  it('takes a secret as libraries of the standard write it, by an example of theirs (D13)', () => {
    expect(signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', ...said)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  it('takes any other as the text that it is', () => {
    const other = signatureOf('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', ...said);
    expect(other).not.toBe(signatureOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', ...said));
  });
});
