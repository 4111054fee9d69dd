import { element } from './dom.js';

// The passages stand in the text in their order; what lies between them is not marked.
export function marked(hit) {
  const text = element('p', 'text');
  let at = 0;
  for (const { pieces } of hit.passages ?? []) {
    const passage = pieces.map((piece) => piece.text).join('');
    const start = hit.text.indexOf(passage, at);
    text.append(hit.text.slice(at, start));
    text.append(...pieces.map((piece) => (piece.match ? element('mark', '', piece.text) : piece.text)));
    at = start + passage.length;
  }
  text.append(hit.text.slice(at));
  return text;
}

// One hit of a list: its text, what is known of it, and a way to more. "elsewhere" says where another list has it.
export function item(hit, rank, elsewhere, explain) {
  const made = element('li', 'hit');
  made.tabIndex = -1;
  made.dataset.id = hit.id;
  const about = element('p', 'about');
  about.append(element('span', '', `${rank}. ${hit.id}`));
  if (elsewhere !== '') {
    about.append(element('span', 'elsewhere', elsewhere));
  }
  about.append(element('span', '', hit.reranked === false ? 'not reranked' : hit.score.toFixed(4)));
  const why = element('button', '', 'Why?');
  why.type = 'button';
  why.tabIndex = -1;
  why.setAttribute('aria-label', `Why ${hit.id}`);
  why.addEventListener('click', () => explain(hit.id));
  about.append(why);
  made.append(marked(hit), about);
  made.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target === made) {
      event.preventDefault();
      explain(hit.id);
    }
  });
  return made;
}
