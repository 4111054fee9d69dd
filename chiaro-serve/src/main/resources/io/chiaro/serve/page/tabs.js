import { byId } from './dom.js';

const names = ['search', 'map', 'training', 'reports', 'model'];
const watchers = new Map();
let current = '';

// Calls back each time a view is opened, also where it is open by now, with whether one has gone back to it; and when it is left.
export function whenShown(name, opened, left = () => {}) {
  watchers.set(name, { opened, left });
  if (name === current) {
    opened(false);
  }
}

function turn(name, isBack) {
  if (name !== current) {
    watchers.get(current)?.left();
  }
  current = name;
  for (const one of names) {
    const tab = byId(`tab-${one}`);
    tab.setAttribute('aria-selected', String(one === name));
    tab.tabIndex = one === name ? 0 : -1;
    byId(`view-${one}`).hidden = one !== name;
  }
  watchers.get(name)?.opened(isBack);
}

// Each view that is opened is a step that the browser's button goes back by.
export function open(name, focus = false) {
  if (name !== current) {
    history.pushState(null, '', `#${name}`);
  }
  turn(name, false);
  if (focus) {
    byId(`tab-${name}`).focus();
  }
}

function named() {
  const wanted = location.hash.slice(1);
  return names.includes(wanted) ? wanted : 'search';
}

export function start() {
  for (const name of names) {
    byId(`tab-${name}`).addEventListener('click', () => open(name));
  }
  document.querySelector('[role="tablist"]').addEventListener('keydown', (event) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1 };
    const at = names.indexOf(current);
    if (event.key in steps) {
      open(names[(at + steps[event.key] + names.length) % names.length], true);
    } else if (event.key === 'Home' || event.key === 'End') {
      open(names[event.key === 'Home' ? 0 : names.length - 1], true);
    } else {
      return;
    }
    event.preventDefault();
  });
  document.querySelector('.skip').addEventListener('click', (event) => {
    event.preventDefault();
    byId('content').focus();
  });
  addEventListener('popstate', () => turn(named(), true));
  history.replaceState(null, '', `#${named()}`);
  turn(named(), false);
}
