import { z } from 'zod';
import { PageFaultSchema } from '../contracts/page-fault.ts';
import { routes } from './route.ts';

/** Of each part whether it works. */
const PartsSchema = z.record(z.string(), z.boolean());

export const PLATFORM_ROUTES = routes({
  'GET /health': { right: 'public', answers: { 200: z.strictObject({ ok: z.literal(true) }) } },
  'GET /ready': { right: 'public', answers: { 200: PartsSchema, 503: PartsSchema } },
  // This document.
  'GET /openapi.json': { right: 'signed-in', answers: { 200: z.looseObject({ openapi: z.string() }) } },
  // Tells the server's log of what could not be drawn.
  'POST /page-faults': { right: 'signed-in', body: PageFaultSchema, answers: { 204: null } },
});
