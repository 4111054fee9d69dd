import { element, foreign } from './dom.js';

// A list is for choosing: of each text a few lines are enough, and the rest is a button away.
const FEW_CHARACTERS = 400;
let made = 0;

// Where the passages of a hit and the words of the query in them stand. Passages stand in the text in their order.
function places(hit) {
  const passages = [];
  const marks = [];
  let from = 0;
  for (const { pieces } of hit.passages ?? []) {
    const start = hit.text.indexOf(pieces.map((piece) => piece.text).join(''), from);
    let at = start;
    for (const piece of pieces) {
      if (piece.match) {
        marks.push([at, at + piece.text.length]);
      }
      at += piece.text.length;
    }
    passages.push([start, at]);
    from = at;
  }
  return { passages, marks };
}

// A stretch of a text with what is marked in it.
function marked(text, marks, [from, to]) {
  const parts = [];
  let at = from;
  for (const [start, end] of marks.filter((mark) => mark[1] > from && mark[0] < to)) {
    parts.push(text.slice(at, Math.max(at, start)));
    parts.push(element('mark', '', text.slice(Math.max(at, start), Math.min(end, to))));
    at = Math.min(end, to);
  }
  parts.push(text.slice(at, to));
  return parts;
}

// No character is cut in two, and no word where there are words.
function beginning(text, from) {
  const part = text.slice(from, from + FEW_CHARACTERS).replace(/[\uD800-\uDBFF]$/, '');
  const word = part.search(/\s\S*$/);
  return [from, from + (word > FEW_CHARACTERS / 2 ? word : part.length)];
}

// What of a long text is shown first: passages with words of the query as far as they are few lines, else how it begins.
function few(text, { passages, marks }, from) {
  const chosen = [];
  let characters = 0;
  // Words of the title are seen there.
  const telling = ([start, end]) => marks.some((mark) => mark[0] >= Math.max(from, start) && mark[1] <= end);
  for (const [start, end] of passages.filter(telling)) {
    const begin = Math.max(from, start);
    characters += end - begin;
    if (chosen.length > 0 && characters > FEW_CHARACTERS) {
      break;
    }
    chosen.push([begin, end]);
  }
  return chosen.length > 0 ? chosen : [beginning(text, from)];
}

function short(text, marks, stretches, from) {
  const place = foreign('p', 'few');
  stretches.forEach((stretch, at) => {
    if (at > 0 || stretch[0] > from) {
      place.append('… ');
    }
    place.append(...marked(text, marks, stretch), ' ');
  });
  if (stretches[stretches.length - 1][1] < text.length) {
    place.append('…');
  }
  return place;
}

// The title of a document, of its text a few lines, and a button that shows the rest: { id, title?, text, cut?, passages? }. The text
// begins with the title. What the server has cut off is said.
export function shown(hit) {
  const { text } = hit;
  const found = places(hit);
  const { marks } = found;
  const title = hit.title ?? '';
  const titled = title !== '' && text.startsWith(title);
  const from = titled ? title.length + (text.slice(title.length).match(/^\s*/)[0].length) : 0;
  const parts = [];
  if (title !== '') {
    const heading = foreign('p', 'title');
    heading.append(...(titled ? marked(text, marks, [0, title.length]) : [title]));
    parts.push(heading);
  }
  const whole = foreign('p', 'text');
  whole.append(...marked(text, marks, [from, text.length]));
  if (hit.cut) {
    whole.append(' …', element('span', 'quiet cut', `The first ${text.length.toLocaleString('en')} characters; Why? shows all.`));
  }
  if (text.length - from <= FEW_CHARACTERS && !hit.cut) {
    return text.length === from ? parts : [...parts, whole];
  }
  const excerpt = short(text, marks, few(text, found, from), from);
  const button = element('button', 'more');
  button.type = 'button';
  made += 1;
  whole.id = `text-${made}`;
  button.setAttribute('aria-controls', whole.id);
  const open = (is) => {
    whole.hidden = !is;
    excerpt.hidden = is;
    button.textContent = is ? 'Show less' : 'Show the rest';
    button.setAttribute('aria-label', `${button.textContent} of ${hit.id}`);
    button.setAttribute('aria-expanded', String(is));
  };
  button.addEventListener('click', () => open(whole.hidden));
  open(false);
  return [...parts, excerpt, whole, button];
}
