import type { AppConfig } from '../config/config.ts';

/** `__Host-` and Secure wherever the browser keeps such a cookie, which is https and loopback. */
export const sessionCookieName = ({ secureCookie }: Pick<AppConfig, 'secureCookie'>): string =>
  secureCookie ? '__Host-svodka' : 'svodka';
