const FIELDS = 'input:not([type=hidden]), select, textarea';

/**
 * Enter in a field of one line, and on a choice, goes on to the next field. For forms that are sent by Ctrl+Enter, as their button says:
 * what a browser does by itself would send a form that is half filled in.
 */
export function enterGoesOn(event: KeyboardEvent): void {
  const { target } = event;
  const isPlain = event.key === 'Enter' && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!isPlain || event.defaultPrevented || event.isComposing) return;
  if (!(target instanceof HTMLInputElement || target instanceof HTMLSelectElement) || !target.form) return;
  event.preventDefault();
  const fields = [...target.form.elements].filter(
    (each): each is HTMLElement =>
      each instanceof HTMLElement && each.matches(FIELDS) && !each.matches(':disabled') && each.tabIndex >= 0,
  );
  fields[fields.indexOf(target) + 1]?.focus();
}
