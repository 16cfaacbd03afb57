import { WorkingDaysEditSchema, WorkingDaysSchema } from '../contracts/working-days.ts';
import { routes } from './route.ts';

export const WORKING_DAYS_ROUTES = routes({
  'GET /working-days': { right: 'signed-in', answers: { 200: WorkingDaysSchema } },
  'PATCH /working-days': {
    right: 'calendar.write',
    body: WorkingDaysEditSchema,
    answers: { 200: WorkingDaysSchema },
    errors: ['conflict'],
  },
});
