import { isLocalAddress } from './local-address.ts';

describe(isLocalAddress, () => {
  it.each([
    'http://127.0.0.1:3000',
    'http://localhost:3000',
    'https://192.168.1.7',
    'https://10.0.0.4:8443',
    'http://172.20.1.1',
    'http://[::1]:3000',
    'http://[fd00::5]',
    'https://svodka',
    'https://svodka.local',
  ])('knows that %s opens here only', (url) => expect(isLocalAddress(url)).toBe(true));

  it.each([
    'https://svodka.example',
    'https://okna.ru',
    'https://172.40.1.1',
    'https://8.8.8.8',
    'https://[2001:4860:4860::8888]',
  ])('takes %s for one that others can open', (url) => expect(isLocalAddress(url)).toBe(false));
});
