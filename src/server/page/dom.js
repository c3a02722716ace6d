// The document: found, filled and kept in step. Data are text, never markup.

const byId = (id) => document.getElementById(id);

/** Writes only what differs, so that a selection stays and a screen reader is told of changes alone. */
function say(element, text) {
  const shown = String(text ?? "");
  if (element.textContent !== shown) element.textContent = shown;
}

function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

function tag(name, className, text) {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

/** The element inside a template. */
const stamp = (id) => byId(id).content.firstElementChild.cloneNode(true);

/** One child for each item, in order; children stay as long as their key does, and with them focus and selection. */
function keep(parent, items, keyOf, make, fill) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  items.forEach((item, place) => {
    const key = keyOf(item);
    let child = old.get(key);
    old.delete(key);
    if (!child) {
      child = make(item);
      child.dataset.key = key;
    }
    fill(child, item, place);
    const there = parent.children[place];
    if (there !== child) parent.insertBefore(child, there ?? null);
  });
  for (const gone of old.values()) gone.remove();
}

const plural = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** "a", "a and b", "a, b and c". */
function list(names) {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
