/* What both sides of the page are made of: rows that stay where they are and are changed in place, and choices.
   Whatever comes from the world goes in as text. */

export const byId = (id) => document.getElementById(id);

export function put(element, text) {
  const shown = String(text);
  if (element.textContent !== shown) element.textContent = shown;
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/* A text of unknown direction: it reads its own way, and stands on the page's side. */
export function aText(name) {
  return make("span", { class: name }, make("bdi", { dir: "auto" }));
}

/* One child for each item, by key, in the items' order; `fill` brings a child up to date. What is over goes first, so
   that those who stay are not moved, which would take the focus from them. */
export function keep(list, items, keyOf, build, fill) {
  const keys = new Set(items.map((item) => String(keyOf(item))));
  const gone = [...list.children].filter((child) => !keys.has(child.dataset.key));
  const heirs = heirsOf(list, gone);
  for (const child of gone) child.remove();
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let place = list.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const child = known.get(key) ?? build(item);
    child.dataset.key = key;
    if (child === place) place = place.nextElementSibling;
    else list.insertBefore(child, place);
    fill(child, item);
  }
  if (heirs) handOver(list, heirs);
}

/* When the row goes whose button has the focus: the rows after it, then those before it, the nearest first. */
function heirsOf(list, gone) {
  const held = gone.find((child) => child.contains(document.activeElement));
  if (!held) return null;
  const rows = [...list.children];
  const place = rows.indexOf(held);
  return [...rows.slice(place + 1), ...rows.slice(0, place).reverse()];
}

function handOver(list, heirs) {
  const buttons = heirs.filter((row) => row.isConnected).map((row) => row.querySelector("button:not([hidden])"));
  const heir = buttons.find(Boolean) ?? byId(list.getAttribute("aria-labelledby"));
  heir.focus();
}

/* Choices are left alone while they are the same: a list that is rebuilt closes under the hand. An option is a value
   and a label; a group of them is a label and an array. */
export function showChoices(select, options) {
  const signature = JSON.stringify(options);
  if (select.dataset.options === signature) return;
  const chosen = select.value;
  select.replaceChildren(...options.map(choice));
  select.dataset.options = signature;
  if ([...select.options].some((option) => option.value === chosen)) select.value = chosen;
}

function choice([first, second]) {
  return Array.isArray(second) ? make("optgroup", { label: first }, ...second.map(choice)) : new Option(second, first);
}
