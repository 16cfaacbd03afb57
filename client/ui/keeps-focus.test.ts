import { keepsFocus } from './keeps-focus.ts';

describe(keepsFocus, () => {
  let end: () => void;
  const button = (name: string) =>
    [...document.querySelectorAll('button')].find(({ textContent }) => textContent === name) as HTMLElement;
  const focused = () => document.activeElement?.textContent;
  /** What watches the page is told after what was done to it. */
  const told = () => new Promise((done) => setTimeout(() => setTimeout(done)));

  beforeEach(() => {
    document.body.innerHTML =
      '<div><button>Важные</button><button>Открытые</button><button disabled>Мои</button>' +
      '<button>Сбросить</button></div><button>Вне</button>';
    end = keepsFocus(document.querySelector('div') as HTMLElement);
  });
  afterEach(() => {
    end();
    document.body.innerHTML = '';
  });

  it('goes on to what stood behind a button that went, and at the end to what stood before it', async () => {
    button('Открытые').focus();
    button('Открытые').remove();
    await told();
    expect(focused()).toBe('Сбросить');
    button('Сбросить').remove();
    await told();
    expect(focused()).toBe('Важные');
  });

  it('lets go of who has gone elsewhere', async () => {
    button('Открытые').focus();
    button('Вне').focus();
    await told();
    button('Открытые').remove();
    await told();
    expect(focused()).toBe('Вне');
    button('Важные').focus();
    button('Важные').blur();
    await told();
    button('Важные').remove();
    await told();
    expect(document.activeElement).toBe(document.body);
  });

  it('leaves to what floats over it where the focus goes', async () => {
    document
      .querySelector('div')
      ?.insertAdjacentHTML('beforeend', '<div popover><button>Выбор</button></div>');
    button('Выбор').focus();
    button('Выбор').closest('[popover]')?.remove();
    await told();
    expect(document.activeElement).toBe(document.body);
  });
});
