import type { IconComponent } from './icon.ts';

export type MenuItem =
  | {
      label: string;
      icon?: IconComponent | undefined;
      /** A colour for the icon. */
      color?: string | undefined;
      /** The key that does the same. */
      key?: string | undefined;
      hint?: string | undefined;
      checked?: boolean;
      danger?: boolean;
      disabled?: boolean;
      run: () => void;
    }
  | { heading: string }
  | { line: true };
