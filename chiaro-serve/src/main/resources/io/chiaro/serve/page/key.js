// The key of this tab: asked for when the server wants one, kept until the tab is closed, and sent in a header. It never
// stands in an address, which browsers and proxies remember.
import { byId } from './dom.js';

const PLACE = 'chiaro-key';
const dialog = byId('key-dialog');
const input = byId('key');
const button = byId('key-button');
let kept = '';
let declined = false;
let asking = null;

// Some browsers keep nothing for a page; then the key lasts as long as the page.
function stored() {
  try {
    return sessionStorage.getItem(PLACE) ?? '';
  } catch {
    return '';
  }
}

function keep(key) {
  kept = key;
  button.hidden = false;
  try {
    if (key === '') {
      sessionStorage.removeItem(PLACE);
    } else {
      sessionStorage.setItem(PLACE, key);
    }
  } catch {
    // It is still known to the page.
  }
}

export function current() {
  return kept;
}

// Asks once for all requests that wait; true if there is another key now than the one that was sent.
export async function another(sent) {
  if (kept !== sent) {
    return true;
  }
  keep('');
  if (declined) {
    return false;
  }
  asking ??= ask(sent === '' ? 'It answers only who has one.' : 'The server does not know the last one.');
  return asking;
}

function ask(why) {
  byId('key-status').textContent = why;
  input.value = '';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener(
      'close',
      () => {
        asking = null;
        declined = kept === '';
        resolve(!declined);
      },
      { once: true },
    );
  });
}

export function start() {
  kept = stored();
  button.hidden = kept === '';
  byId('key-form').addEventListener('submit', (event) => {
    event.preventDefault();
    keep(input.value.trim());
    input.value = '';
    dialog.close();
  });
  byId('key-close').addEventListener('click', () => dialog.close());
  // Whoever changes the key begins anew: what is shown may be of the last one.
  button.addEventListener('click', async () => {
    const before = kept;
    keep('');
    asking ??= ask(before === '' ? 'It answers only who has one.' : 'The last key is forgotten.');
    await asking;
    location.reload();
  });
}
