import './no-eval.ts';
import './fonts/fonts.css';
import './ui/theme.css';
import './ui/base.css';
import './ui/controls.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { i18n } from './state/i18n.svelte.ts';
import { reportFault } from './state/page-faults.ts';

// What no boundary sees: thrown by a press, a timer, or an answer.
addEventListener('error', ({ error }) => error && reportFault('script', error));
addEventListener(
  'unhandledrejection',
  ({ reason }) => reason instanceof Error && reportFault('script', reason),
);

// No screen is drawn in one language to be redrawn in another.
void i18n.ready.then(() => mount(App, { target: document.body }));
