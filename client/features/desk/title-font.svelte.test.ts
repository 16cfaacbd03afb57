import { jest } from '@jest/globals';
import { testEvent } from '../../testing/events.ts';

const PHONE_PX = 360;

describe('titles whose letters come late', () => {
  const own = Object.getOwnPropertyDescriptor(document, 'fonts');
  afterEach(() => {
    jest.restoreAllMocks();
    if (own) Object.defineProperty(document, 'fonts', own);
    else Reflect.deleteProperty(document, 'fonts');
  });

  it('are measured anew when these are there, once', async () => {
    let come: (faces: object[]) => void = () => undefined;
    const asked: string[] = [];
    const fonts = {
      check: () => false,
      load: (_: string, sample: string) => {
        asked.push(sample);
        return new Promise<object[]>((resolve) => {
          come = resolve;
        });
      },
    };
    Object.defineProperty(document, 'fonts', { value: fonts, configurable: true });
    const measureText = jest.fn((text: string) => ({ width: text.length * 6 }));
    jest
      .spyOn(HTMLCanvasElement.prototype, 'getContext')
      .mockReturnValue({ font: '', measureText } as unknown as null);
    const { rowHeights } = await import('./row-height.ts');

    const event = testEvent('a', 1, { title: 'Окончательная оплата — 84 600 ₽' });
    const heights = $derived(rowHeights(PHONE_PX, 'ru'));
    expect(heights.of(event)).toBeGreaterThan(heights.least);
    expect(measureText).not.toHaveBeenCalled();
    expect(asked).toEqual([expect.stringContaining('₽')]);
    come([{}]);
    await Promise.resolve();
    await Promise.resolve();
    expect(heights.of(event)).toBe(heights.least);
    expect(heights.of(event)).toBe(heights.least);
    expect(measureText).toHaveBeenCalledTimes(1);
  });
});
