import { json } from './api.js';
import { byId, element, foreign, table } from './dom.js';
import * as key from './key.js';
import * as tabs from './tabs.js';

let loaded = false;

function facts(info) {
  const lines = [];
  for (const [key, value] of Object.entries(info)) {
    const text = Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value);
    lines.push(element('dt', '', key.replaceAll('_', ' ')), element('dd', '', text));
  }
  byId('facts').replaceChildren(...lines);
}

function cells(line) {
  return line.replace(/^\||\|$/g, '').split('|').map((cell) => cell.trim());
}

// The blocks of a card as elements that hold text. What Markdown does within a line stays as it was written: a card comes from
// elsewhere, and nothing of it may become markup or an address.
function blocks(markdown) {
  const lines = markdown.replace(/^---\n[\s\S]*?\n---\n/, '').split('\n');
  const made = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at];
    const until = (ends) => {
      let end = at + 1;
      while (end < lines.length && !ends(lines[end])) {
        end++;
      }
      return end;
    };
    if (line.startsWith('```')) {
      const end = until((one) => one.startsWith('```'));
      made.push(element('pre', '', lines.slice(at + 1, end).join('\n')));
      at = end + 1;
    } else if (/^#{1,6} /.test(line)) {
      made.push(foreign(line.startsWith('# ') ? 'h2' : 'h3', '', line.replace(/^#+ /, '')));
      at++;
    } else if (line.startsWith('|')) {
      const end = until((one) => !one.startsWith('|'));
      const rows = lines.slice(at, end).filter((one) => !/^[|\s:-]+$/.test(one)).map(cells);
      made.push(table('', rows[0], rows.slice(1)));
      at = end;
    } else if (line.trim() === '') {
      at++;
    } else {
      const end = until((one) => one.trim() === '' || /^(#|\||```)/.test(one));
      made.push(foreign('p', 'text', lines.slice(at, end).join('\n')));
      at = end;
    }
  }
  return made;
}

// Only a server with keys can be told to, and only by an admin's.
async function reload() {
  const status = byId('model-status');
  status.textContent = 'Opening …';
  try {
    const now = await json('v1/reload', { method: 'POST' });
    facts(await json('info'));
    loaded = false;
    await load();
    status.textContent = `${now.model_id} is served anew.`;
  } catch (error) {
    status.textContent = error.message;
  }
}

async function load() {
  byId('reload').hidden = key.current() === '';
  if (loaded) {
    return;
  }
  try {
    const card = await json('v1/model-card');
    loaded = true;
    byId('card').replaceChildren(...(card.markdown === undefined ? [element('p', '', 'The model has no card.')] : blocks(card.markdown)));
  } catch (error) {
    byId('model-status').textContent = error.message;
  }
}

export function start(info) {
  facts(info);
  byId('reload').addEventListener('click', reload);
  tabs.whenShown('model', load);
}
