/* How lists are laid out, on the board and in the editor's preview: who is seen first, and in how many columns. */

const RANKS = { critical: -2, warning: -1 };

/** What `data-ranked` says: "late" callers come last, everywhere else whoever is in trouble comes first. */
export function rankOf(list, row) {
  if (!("ranked" in list.dataset)) return 0;
  return list.dataset.ranked === "late" ? Number("late" in row.dataset) : (RANKS[row.dataset.level] ?? 0);
}

export function setOrder(row, order) {
  const text = order ? String(order) : "";
  if (row.style.order !== text) row.style.order = text;
}

/** Every row in its place; the first who is late bears the heading of those who are. */
export function rank(list) {
  const rows = [...list.children];
  for (const row of rows) setOrder(row, rankOf(list, row));
  if (list.dataset.ranked === "late") head(list, rows);
}

function head(list, rows) {
  const late = lateOf(rows);
  for (const row of rows) if (row !== late[0]) delete row.dataset.head;
  if (late.length) write(late[0], list, late.length);
}

const lateOf = (rows) => rows.filter(({ dataset, hidden }) => "late" in dataset && !("gone" in dataset) && !hidden);

function write(bearer, { dataset }, count) {
  const text = `${dataset.sayLate} ${count}`;
  if (bearer.dataset.head !== text) bearer.dataset.head = text;
}

/** In a list under the hand the heading stays where it is, and counts those who are there. */
export function headAnew(list, rows) {
  const bearer = list.dataset.ranked === "late" ? rows.find((row) => "head" in row.dataset) : null;
  if (bearer) write(bearer, list, lateOf(rows).length);
}

const SIZES = [7, 12, 24, 72]; // of more rows than that, lists are laid out otherwise: callers, plans, tiles and lines, agents

/** How many rows it has, for the styles, which could count by themselves. But then each change in a list would have the
    styles of all that is in it worked out anew, and the counters of the whole page. */
export function measure(list) {
  const places = list.childElementCount; // also of rows that left and are still shown: they are laid out, not counted
  const count = places - list.querySelectorAll(":scope > [data-gone]").length;
  const beyond = SIZES.filter((most) => places > most).join(" ");
  for (const each of [list, list.closest(".part")]) if (each) setFacts(each, { count, beyond });
}

function setFacts({ dataset }, facts) {
  for (const [name, fact] of Object.entries(facts)) if (dataset[name] !== String(fact)) dataset[name] = fact;
}

/** The columns of a table are those of its head. One that is wider than its place keeps its names in sight. */
export function align(lines) {
  const head = lines.previousElementSibling?.firstElementChild;
  const table = lines.parentElement;
  table.style.removeProperty("--tracks"); // or the head could not become narrower than its lines
  if (head) table.style.setProperty("--tracks", getComputedStyle(head).gridTemplateColumns);
  table.toggleAttribute("data-overflows", table.scrollWidth > table.clientWidth + 1);
}

const ROOMY_PIXELS = 280; // a tile so wide has room for a number, its name and its level on one line

/** As many columns as fill the rows evenly: six tiles where five fit are three and three, not five and one. */
export function balance(list) {
  list.style.removeProperty("--columns");
  const fitting = getComputedStyle(list).gridTemplateColumns.split(" ").length;
  const count = [...list.children].filter((row) => !row.hidden).length;
  const columns = Math.ceil(count / Math.ceil(count / fitting)) || 1;
  if (count > fitting) list.style.setProperty("--columns", columns);
  list.toggleAttribute("data-roomy", list.clientWidth / Math.min(columns, fitting) >= ROOMY_PIXELS);
}

export function fitIn(list) {
  if (list.matches(".tiles, .lines")) layOut(list);
  if (list.matches(".plans")) list.tabIndex = list.matches("[data-beyond~='12']") ? 0 : -1; // it scrolls in its place (planning.css), and a key must reach it
}

/* Tiles stand in even rows, and the lines of a table in columns: anew when there are more or fewer of them, or more or
   less room */

const laidOut = new WeakMap();
const room = new ResizeObserver((entries) => entries.forEach(({ target, contentRect }) => layOut(target, contentRect.width)));

function layOut(list, width = laidOut.get(list)?.width) {
  const before = laidOut.get(list);
  const count = list.childElementCount;
  const columns = list.previousElementSibling?.firstElementChild?.childElementCount;
  if (before?.count === count && before.width === width && before.columns === columns) return;
  laidOut.set(list, { count, width, columns });
  if (list.matches(".tiles")) balance(list);
  else align(list);
  room.observe(list);
}
