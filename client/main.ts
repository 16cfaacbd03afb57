import './no-eval.ts';
import './fonts/fonts.css';
import './ui/theme.css';
import './ui/base.css';
import './ui/controls.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { reportFault } from './state/page-faults.ts';

// What no boundary sees: thrown by a press, a timer, or an answer.
addEventListener('error', ({ error }) => error && reportFault('script', error));
addEventListener(
  'unhandledrejection',
  ({ reason }) => reason instanceof Error && reportFault('script', reason),
);

mount(App, { target: document.body });
