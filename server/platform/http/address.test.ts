import { limitKey, plainAddress } from './address.ts';

describe(plainAddress.name, () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['::ffff:10.1.2.3', '10.1.2.3'],
    ['0:0:0:0:0:ffff:10.1.2.3', '10.1.2.3'],
    ['10.1.2.3:5123', '10.1.2.3'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', ''],
    ['<script>', ''],
    ['10.1.2.3\n', ''],
    ['', ''],
  ])('%j is %j', (given, address) => {
    expect(plainAddress(given)).toBe(address);
  });
});

describe(limitKey.name, () => {
  it('takes an IPv6 network of 64 bits for one, however it is written', () => {
    expect(limitKey('2001:db8:0:1::7')).toBe(limitKey('2001:0DB8:0000:0001:ffff:1:2:3'));
    expect(limitKey('2001:db8:0:2::7')).not.toBe(limitKey('2001:db8:0:1::7'));
    expect(limitKey('10.1.2.3')).toBe('10.1.2.3');
  });
});
