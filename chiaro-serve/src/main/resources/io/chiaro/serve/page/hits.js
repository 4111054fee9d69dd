import { element } from './dom.js';
import { shown } from './texts.js';

// One hit of a list: its title, what it says, what is known of it, and a way to more. "elsewhere" says where another list has it.
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
  made.append(...shown(hit), about);
  made.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target === made) {
      event.preventDefault();
      explain(hit.id);
    }
  });
  return made;
}
