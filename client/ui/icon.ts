import type { LucideProps } from '@lucide/svelte';
import type { Component } from 'svelte';

/** One icon of lucide, imported by its own file: `import Flame from '@lucide/svelte/icons/flame'`. */
export type IconComponent = Component<LucideProps>;
