// Runs before the first paint, so that a dark screen does not flash white. See state/theme.svelte.ts.
try {
  const chosen = localStorage.getItem('svodka.theme');
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is switched off: the system's theme it is.
}
