const STORED = 'svodka.theme';

/** `system` follows the machine; the others hold whatever it says. */
export type Theme = 'system' | 'light' | 'dark';
export const THEMES: Theme[] = ['system', 'light', 'dark'];

function remembered(): Theme {
  try {
    const stored = localStorage.getItem(STORED);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

class ThemeChoice {
  #chosen = $state<Theme>(remembered());

  get chosen(): Theme {
    return this.#chosen;
  }

  choose(theme: Theme): void {
    this.#chosen = theme;
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      if (theme === 'system') localStorage.removeItem(STORED);
      else localStorage.setItem(STORED, theme);
    } catch {
      // Storage is switched off; the choice lasts as long as the page.
    }
  }
}

export const theme = new ThemeChoice();
