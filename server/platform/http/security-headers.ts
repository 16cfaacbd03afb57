import helmet from 'helmet';
import type { AppConfig } from '../config/config.ts';

/**
 * Headers of every answer. Scripts, styles and connections are our own only, nothing may frame us. Where the page is
 * reached by plain http over a network, the headers that browsers honour on https only are left out: they would
 * complain of each in the console.
 */
export function securityHeaders(config: AppConfig) {
  const trusted = config.secureCookie;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: config.encrypted && { maxAge: 15_552_000, includeSubDomains: false },
    crossOriginOpenerPolicy: trusted && { policy: 'same-origin' },
    originAgentCluster: trusted,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
}

/** Features of the browser that no page of ours asks for. */
export const PERMISSIONS_POLICY = 'camera=(), geolocation=(), microphone=(), payment=(), usb=()';
