/* What counts time on a page: how it is read, how it counts, and the level of the row it stands in. The board and the
   editor's preview share it, so that a preview shows what the board will. */

const COUNTS = {
  since: (at, moment) => moment - at,
  until: (at, moment) => Math.max(0, Math.ceil(at - moment)),
  breach: (at, moment) => (moment < at ? Math.ceil(at - moment) - 1 : Math.floor(moment - at) + 1),
};

export function duration(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const known = new WeakMap();

/** What an element counts by its attributes; null if nothing. It is read once, for those of limits never change
    without the moment (`strokes.js`). */
export function clockOf(element) {
  const clock = known.get(element);
  return clock && element.getAttribute(`data-${clock.kind}`) === clock.text ? clock : read(element);
}

function read(element) {
  const kind = Object.keys(COUNTS).find((each) => each in element.dataset);
  if (!kind) return null;
  const { warning, critical, atLeast } = element.dataset;
  const clock = {
    element,
    kind,
    text: element.dataset[kind],
    at: Number(element.dataset[kind]),
    sign: atLeast === undefined ? "" : "≥ ",
    warning: Number(warning) || Infinity,
    critical: Number(critical) || Infinity,
    parts: element.closest("[data-part]")?.dataset.part.split(" ") ?? [],
    row: element.closest("li, [role=row]"),
  };
  known.set(element, clock);
  return clock;
}

/** What it shows at a moment of the server's clock. */
export const secondsAt = ({ kind, at }, moment) => COUNTS[kind](at, moment);

/** Writes so many seconds, where they are not shown already. */
export function show(clock, seconds) {
  if (clock.seconds === Math.floor(seconds)) return;
  clock.seconds = Math.floor(seconds);
  write(clock.element, clock.sign + duration(seconds));
  clock.element.toggleAttribute("data-long", seconds >= 3600);
}

/** Its row is late from the moment on that an answer was promised for, and has the level of its limits. Returns whether
    that is another level than before. */
export function grade({ kind, at, row, warning, critical }, seconds, moment) {
  if (kind === "breach") row?.toggleAttribute("data-late", moment >= at);
  if (warning === Infinity && critical === Infinity) return false;
  return mark(row, "level", seconds >= critical ? "critical" : seconds >= warning ? "warning" : null);
}

/** Returns whether that is new. */
export function mark(element, name, value) {
  if (!element || element.dataset[name] === (value ?? undefined)) return false;
  if (value === null) delete element.dataset[name];
  else element.dataset[name] = value;
  return true;
}

/** Within the text that is there: a new one would have the styles of half the page worked out again. */
export function write(element, text) {
  const old = element.firstChild;
  if (!old) element.textContent = text;
  else if (old.data !== text) old.data = text;
}
