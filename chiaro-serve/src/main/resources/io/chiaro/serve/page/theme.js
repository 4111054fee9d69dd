import { byId } from './dom.js';

const KEY = 'chiaro-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const watchers = [];

// Some browsers keep nothing for a page; then the choice lasts as long as the page.
function stored() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

let chosen = stored();

export function isDark() {
  return chosen === null ? dark.matches : chosen === 'dark';
}

export function whenChanged(watcher) {
  watchers.push(watcher);
}

function apply() {
  if (chosen === null) {
    delete document.documentElement.dataset.theme;
  } else {
    document.documentElement.dataset.theme = chosen;
  }
  byId('theme').setAttribute('aria-pressed', String(isDark()));
  watchers.forEach((watcher) => watcher());
}

export function start() {
  byId('theme').addEventListener('click', () => {
    chosen = isDark() ? 'light' : 'dark';
    try {
      localStorage.setItem(KEY, chosen);
    } catch {
      // Nothing is lost but the memory of it.
    }
    apply();
  });
  dark.addEventListener('change', apply);
  apply();
}
