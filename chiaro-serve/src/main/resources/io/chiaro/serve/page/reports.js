import { json } from './api.js';
import { byId, element, table } from './dom.js';
import * as tabs from './tabs.js';

const SIDES = ['a', 'b'];
const status = byId('reports-status');
const reports = { a: undefined, b: undefined };
let listed = false;

// The figures of a report by their places in it; how they were measured is not among them.
function figures(report, place = '') {
  return Object.entries(report).flatMap(([key, value]) => {
    const here = place === '' ? key : `${place} ${key}`;
    if (typeof value === 'number') {
      return [[here, value]];
    }
    return key !== 'protocol' && value !== null && typeof value === 'object' && !Array.isArray(value) ? figures(value, here) : [];
  });
}

function difference(first, second) {
  const value = second - first;
  return element('span', value > 0 ? 'better' : value < 0 ? 'worse' : '', `${value > 0 ? '+' : ''}${value.toFixed(4)}`);
}

function show() {
  const [first, second] = SIDES.map((side) => (reports[side] === undefined ? undefined : new Map(figures(reports[side]))));
  if (first === undefined && second === undefined) {
    return;
  }
  const names = [...new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])])];
  const rows = names.map((name) => {
    const a = first?.get(name);
    const b = second?.get(name);
    return [name, a ?? '', b ?? '', a === undefined || b === undefined ? '' : difference(a, b)];
  });
  byId('comparison').replaceChildren(table('Figures', ['Figure', 'First', 'Second', 'Second less first'], rows));
  status.textContent = `${names.length} figures.`;
}

async function take(side, read) {
  try {
    reports[side] = await read();
    show();
  } catch (error) {
    status.textContent = `Expected a report, but found: ${error.message}`;
  }
}

async function list() {
  if (listed) {
    return;
  }
  try {
    const names = (await json('v1/reports')).data;
    for (const side of SIDES) {
      byId(`report-${side}`).replaceChildren(new Option('none', ''), ...names.map((name) => new Option(name, name)));
    }
    listed = true;
    status.textContent = names.length === 0 ? 'The server shows no report (--runs DIR). Two files can be compared.' : '';
  } catch (error) {
    status.textContent = error.message;
  }
}

export function start() {
  byId('reports-form').addEventListener('submit', (event) => event.preventDefault());
  for (const side of SIDES) {
    const select = byId(`report-${side}`);
    select.addEventListener('change', () => {
      if (select.value !== '') {
        take(side, () => json(`v1/reports/${encodeURIComponent(select.value)}`));
      }
    });
    byId(`file-${side}`).addEventListener('change', (event) => {
      const file = event.target.files[0];
      if (file !== undefined) {
        select.value = '';
        take(side, async () => JSON.parse(await file.text()));
      }
    });
  }
  tabs.whenShown('reports', list);
}
