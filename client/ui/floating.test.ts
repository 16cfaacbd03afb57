import { floating } from './floating.ts';

/** The window is 768 px high. */
const HEIGHT = 440;

describe(floating.name, () => {
  it.each([
    ['below', { x: 100, y: 1100 }],
    ['above', { x: 100, y: -300 }],
  ])('stays inside the window when its anchor lies %s it', (_, anchor) => {
    const element = document.createElement('div');
    Object.defineProperty(element, 'offsetHeight', { value: HEIGHT });
    const leave = floating(() => anchor, 'below-start')(element);
    const top = Number.parseFloat(element.style.top);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top + HEIGHT).toBeLessThanOrEqual(innerHeight);
    expect(Number.parseFloat(element.style.maxHeight)).toBeLessThan(innerHeight);
    leave?.();
  });

  it('stays where it is while it grows, as far as the window allows', () => {
    const element = document.createElement('div');
    let height = 300;
    Object.defineProperty(element, 'offsetHeight', { get: () => height });
    const leave = floating(() => ({ x: 100, y: 400 }), 'below-start')(element);
    const tops = [300, 350, 500].map((now) => {
      height = now;
      dispatchEvent(new Event('resize'));
      return element.style.top;
    });
    expect(tops).toEqual(['404px', '404px', '260px']);
    leave?.();
  });
});
