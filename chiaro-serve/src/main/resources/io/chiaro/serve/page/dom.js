// Texts come from documents and files: they are put in as text and never as markup.
export function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

// What documents and files hold, which runs in the direction of its letters.
export function foreign(name, className, text) {
  const made = element(name, className, text);
  made.dir = 'auto';
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}

export function table(caption, heads, rows) {
  const made = element('table');
  made.append(element('caption', '', caption));
  const head = made.createTHead().insertRow();
  for (const name of heads) {
    const cell = element('th');
    cell.append(name);
    cell.scope = 'col';
    head.append(cell);
  }
  const body = made.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    row.forEach((value, at) => {
      const cell = (typeof value === 'string' ? foreign : element)(at === 0 ? 'th' : 'td', typeof value === 'number' ? 'number' : '');
      if (at === 0) {
        cell.scope = 'row';
      }
      cell.append(value instanceof Node ? value : shown(value));
      line.append(cell);
    });
  }
  return made;
}

export function shown(value) {
  return typeof value === 'number' && !Number.isInteger(value) ? value.toFixed(4) : String(value);
}
