import { json } from './api.js';
import { byId, element, table } from './dom.js';
import * as tabs from './tabs.js';

const SIDES = ['a', 'b'];
const status = byId('reports-status');
const reports = { a: undefined, b: undefined };
const taken = {};
let listed = false;

// Figures whose better direction is known. Of all others a difference is no verdict.
const HIGHER =
  /(^|-)(accuracy|precision|recall|f1|auc|map|mrr|ndcg|spearman|pearson|kendall|v-measure|homogeneity|completeness|ari|nmi)$/;
const LOWER = /(^|-)(loss|alignment|uniformity|seconds|milliseconds)$/;

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

// 1 where more is better, -1 where less is, 0 where nobody knows. The last word says what was measured, the others where.
function direction(name) {
  const word = name.toLowerCase().split(' ').pop();
  const measure = word.replaceAll('_', '-').replace(/(@|\/|-at-).*$/, '');
  return HIGHER.test(measure) ? 1 : LOWER.test(measure) ? -1 : 0;
}

function difference(name, first, second) {
  const value = second - first;
  const verdict = Math.sign(value) * direction(name);
  return element('span', verdict > 0 ? 'better' : verdict < 0 ? 'worse' : '', `${value > 0 ? '+' : ''}${value.toFixed(4)}`);
}

function show() {
  const [first, second] = SIDES.map((side) => (reports[side] === undefined ? undefined : new Map(figures(reports[side]))));
  if (first === undefined && second === undefined) {
    byId('comparison').replaceChildren();
    status.textContent = '';
    return;
  }
  const names = [...new Set([...(first?.keys() ?? []), ...(second?.keys() ?? [])])];
  const rows = names.map((name) => {
    const a = first?.get(name);
    const b = second?.get(name);
    return [name, a ?? '', b ?? '', a === undefined || b === undefined ? '' : difference(name, a, b)];
  });
  byId('comparison').replaceChildren(table('Figures', ['Figure', 'First', 'Second', 'Second less first'], rows));
  status.textContent = `${names.length} figures.`;
}

function checked(report) {
  if (report === null || typeof report !== 'object' || Array.isArray(report)) {
    const found = report === null ? 'null' : Array.isArray(report) ? 'a list' : `a ${typeof report}`;
    throw new Error(`${found}. A report is an object, {"ndcg@10": 0.5, ...}, as chiaro eval writes it.`);
  }
  return report;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('no JSON. A report is the report.json that chiaro eval writes.');
  }
}

// What was shown of a side goes, whatever comes of the next: a table of two reports must not hold a third.
async function take(side, read) {
  const mine = {};
  taken[side] = mine;
  reports[side] = undefined;
  show();
  try {
    const report = await read();
    if (taken[side] !== mine) {
      return; // Another was chosen meanwhile.
    }
    if (report !== undefined) {
      reports[side] = checked(report);
      show();
    }
  } catch (error) {
    if (taken[side] === mine) {
      status.textContent = `Expected a report, but found: ${error.message}`;
    }
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
    const file = byId(`file-${side}`);
    select.addEventListener('change', () => {
      file.value = '';
      const name = select.value;
      take(side, async () => (name === '' ? undefined : json(`v1/reports/${encodeURIComponent(name)}`)));
    });
    file.addEventListener('change', () => {
      const chosen = file.files[0];
      if (chosen !== undefined) {
        select.value = '';
        take(side, async () => parsed(await chosen.text()));
      }
    });
  }
  tabs.whenShown('reports', list);
}
