import '@fontsource-variable/golos-text/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './ui/theme.css';
import './ui/base.css';
import './ui/controls.css';
import { mount } from 'svelte';
import App from './App.svelte';

mount(App, { target: document.body });
