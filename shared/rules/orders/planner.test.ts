import fc from 'fast-check';
import { plan, type Step } from './planner.ts';
import { addWorkingDays, dayKind } from './working-days.ts';

const CODES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
type Code = (typeof CODES)[number];

const dayArb = fc
  .integer({ min: 0, max: 400 })
  .map((days) => new Date(Date.parse('2025-12-01') + days * 86_400_000).toISOString().slice(0, 10));

/** Steps that wait for earlier ones only. */
const stepsArb: fc.Arbitrary<Step<Code>[]> = fc
  .tuple(
    ...CODES.map((code, i) =>
      fc.record({
        code: fc.constant(code),
        needs: fc
          .subarray(CODES.slice(0, i))
          .chain((codes) =>
            fc.tuple(...codes.map((need) => fc.nat(9).map((lagWd) => ({ code: need, lagWd })))),
          ),
        doneOn: fc.option(dayArb, { freq: 3 }),
        notBefore: dayArb,
      }),
    ),
  )
  .map((steps) => steps as Step<Code>[]);

describe(plan, () => {
  it('puts a step on the first working day that everything it waits for allows', () => {
    fc.assert(
      fc.property(stepsArb, (steps) => {
        const planned = plan(steps);
        for (const { code, needs, doneOn, notBefore } of steps) {
          const on = planned.get(code)?.on ?? '';
          if (doneOn) expect(on).toBe(doneOn);
          else {
            const bounds = [
              addWorkingDays(notBefore, 0),
              ...needs.map((need) => addWorkingDays(planned.get(need.code)?.on ?? '', need.lagWd)),
            ];
            expect(dayKind(on)).not.toBe('off');
            expect(on).toBe(bounds.sort().at(-1));
          }
        }
      }),
    );
  });

  it('moves by a late fact only what depends on it, and nothing to an earlier day', () => {
    fc.assert(
      fc.property(stepsArb, fc.constantFrom(...CODES), fc.integer({ min: 1, max: 40 }), (steps, late, by) => {
        const before = plan(steps);
        const moved = steps.map((step) => {
          const on = addWorkingDays(before.get(step.code)?.on ?? '', by);
          return step.code === late ? { ...step, doneOn: step.doneOn && on, notBefore: on } : step;
        });
        const after = plan(moved);
        const dependent = new Set<Code>([late]);
        for (const { code, needs } of steps)
          if (needs.some((need) => dependent.has(need.code))) dependent.add(code);
        for (const code of CODES) {
          const [was, is] = [before.get(code)?.on ?? '', after.get(code)?.on ?? ''];
          if (dependent.has(code)) expect(is >= was).toBe(true);
          else expect(is).toBe(was);
        }
      }),
    );
  });

  it('refuses steps that wait for each other', () => {
    const step = (code: Code, need: Code): Step<Code> => ({
      code,
      needs: [{ code: need, lagWd: 1 }],
      notBefore: '2026-01-12',
    });
    expect(() => plan([step('a', 'b'), step('b', 'a')])).toThrow(/cycle/);
  });
});
