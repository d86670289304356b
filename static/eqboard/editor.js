/* The page on which a board is made. The page itself is the draft: it is read from the fields when it is needed, and
   nothing is ever drawn anew, so no field loses its focus, its selection or its place. */

import { duration } from "./clock.js";
import { preview, token } from "./preview.js";
import { followPointer, shown, sortable } from "./sorting.js";

const form = document.getElementById("draft");
const words = form.dataset;
const byId = (id) => document.getElementById(id);
const list = (name) => form.querySelector(`[data-list="${name}"]`);
const rowsOf = (value) => (Array.isArray(value) ? value.filter((each) => each && typeof each === "object") : []);
const ROWS = { parts: "row-parts", totals: "row-figure", figures: "row-figure", thresholds: "row-thresholds", limits: "row-limits" };
const SPANS = list("parts").dataset.spans.split(" ").map(Number);
const LETTER_MM_PER_METER = 5.8; // 20 minutes of arc

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/* Fields: `data-key` says where in the JSON a field belongs */

function write(field, value) {
  if (field.type === "checkbox") field.checked = Boolean(value);
  else if (field.dataset.type === "boolean") field.value = String(Boolean(value));
  else if (field.dataset.blank !== undefined && Number(value) === Number(field.dataset.blank)) field.value = "";
  else field.value = value ?? "";
  if (field.value === "" && value !== null && value !== undefined && field.tagName === "SELECT") addGone(field, value);
}

/** What was chosen once and is not there now is kept, and said to be gone. */
function addGone(select, value) {
  select.add(new Option(`${value} (${words.sayGone})`, value, false, true));
}

function read(field) {
  if (field.type === "checkbox") return field.checked;
  const text = field.value.trim();
  if (field.dataset.type === "boolean") return text === "true";
  if (text === "") return field.dataset.blank === undefined ? null : Number(field.dataset.blank);
  return field.type === "number" || field.dataset.type === "number" ? Number(text) : text;
}

function readAll(scope) {
  const values = {};
  for (const field of scope.querySelectorAll("[data-key]")) {
    const path = field.dataset.key.split(".");
    const holder = path.length > 1 ? (values[path[0]] ??= {}) : values;
    holder[path.at(-1)] = read(field);
  }
  return values;
}

function writeAll(scope, values) {
  for (const field of scope.querySelectorAll("[data-key]")) {
    write(field, field.dataset.key.split(".").reduce((held, name) => held?.[name], values));
  }
}

/* The whole draft */

function open(spec) {
  writeAll({ querySelectorAll: () => ownFields() }, spec);
  for (const name of Object.keys(ROWS)) for (const each of rowsOf(spec[name])) add(name, each);
  openQueues(spec.queues);
  holds = byId("e-surface").value;
  settleSurface();
}

/** Those of the board itself, not of a row. */
const ownFields = () => [...form.querySelectorAll("[data-key]")].filter((each) => !each.closest("[data-list]"));

function collect() {
  const spec = readAll({ querySelectorAll: () => ownFields() });
  for (const name of Object.keys(ROWS)) spec[name] = shown(list(name)).map(readAll);
  spec.queues = form.elements["e-which"].value === "these" ? chosenQueues() : null;
  return spec;
}

function data() {
  const held = new FormData();
  held.set("name", form.elements.name.value);
  held.set("spec", JSON.stringify(collect()));
  return held;
}

const state = () => JSON.stringify([form.elements.name.value, form.elements.team.value, collect()]);

/* Queues */

function openQueues(chosen) {
  const queues = list("queues");
  const extensions = Array.isArray(chosen) ? chosen.map(String) : [];
  for (const extension of [...extensions].reverse()) {
    const row = [...queues.children].find((each) => each.dataset.value === extension) ?? goneQueue(extension);
    row.querySelector("input").checked = true;
    queues.prepend(row);
  }
  form.elements["e-which"].value = Array.isArray(chosen) ? "these" : "every";
  showQueues();
}

function goneQueue(extension) {
  const row = copyOf("row-queues");
  row.dataset.value = extension;
  row.querySelector("[data-name]").textContent = extension;
  nameGrip(row);
  return row;
}

function showQueues() {
  byId("e-these").hidden = form.elements["e-which"].value !== "these";
}

/** Whoever begins to choose begins with all that there are. */
function beginChoosing() {
  showQueues();
  if (byId("e-these").hidden || chosenQueues().length) return;
  for (const each of list("queues").querySelectorAll("input")) each.checked = true;
}

const chosenQueues = () =>
  [...list("queues").children].filter((each) => each.querySelector("input").checked).map((each) => each.dataset.value);

function findQueue({ target }) {
  const wanted = target.value.trim().toLocaleLowerCase();
  for (const each of list("queues").children) each.hidden = !each.textContent.toLocaleLowerCase().includes(wanted);
}

/* Rows */

const copyOf = (template) => byId(template).content.firstElementChild.cloneNode(true);

/** By what is chosen in it. */
function nameOf(item) {
  const chosen = [...item.querySelectorAll("[data-names]")].filter((each) => !each.hidden && !each.disabled);
  const named = chosen.length ? chosen.map((each) => each.selectedOptions[0]) : [item.querySelector("[data-name]")];
  return named.map((each) => each?.textContent.trim()).filter(Boolean).join(", ");
}

function add(name, values) {
  const row = copyOf(ROWS[name]);
  list(name).append(row);
  writeAll(row, values);
  settle(row, name);
  return row;
}

function addNew(name) {
  const row = add(name, name === "parts" ? { kind: byId("e-add-part").value, span: 12 } : fresh(name));
  settleSurface();
  forgetFaults(row);
  row.querySelector(name === "parts" ? ".grip" : "select").focus();
  say("added", { name: nameOf(row) });
  changed();
}

const fresh = (name) =>
  ({
    thresholds: { metric: "waiting", direction: "high", window: "now", hysteresis: 0, hold_seconds: 0, least_calls: 0 },
    limits: { state: "paused" },
  })[name] ?? { metric: "waiting", window: "now" };

/** The focus goes to the neighbour, as the button that had it is gone. */
function remove(row) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const name = nameOf(row);
  const owner = row.closest("[data-list]");
  forgetFaults(row);
  row.remove();
  (next?.querySelector("[data-remove]") ?? form.querySelector(`[data-add="${owner.dataset.list}"]`)).focus();
  settleSurface();
  say("removed", { name });
  changed();
}

/** What a row shows besides its fields. */
function settle(row, name) {
  if (name === "parts") settlePart(row);
  const metric = row.querySelector("[data-key=metric]")?.selectedOptions[0];
  if (metric) {
    row.dataset.unit = metric.dataset.unit;
    const window = row.querySelector("[data-key=window]");
    window.disabled = !("hasWindow" in metric.dataset);
    if (window.disabled) window.value = "now";
    if (name === "thresholds") settlePromise(row, "hasPromise" in metric.dataset);
  }
  const code = row.querySelector("[data-key=pause_code]");
  if (code) {
    code.hidden = row.querySelector("[data-key=state]").value !== "paused";
    if (code.hidden) code.value = "";
  }
  for (const hint of row.querySelectorAll("[data-minutes]")) {
    const seconds = Number(hint.parentElement.querySelector("input").value);
    hint.textContent = seconds >= 60 ? duration(seconds) : "";
  }
  nameGrip(row);
}

/** Only what is promised can be below the promise, and whatever is, is too little. Points are no percentages: either way
    has numbers of its own, and those that are put aside come back, as does the direction. */
function settlePromise(row, hasPromise) {
  const choice = row.querySelector("[data-key=below_promise]");
  const direction = row.querySelector("[data-key=direction]");
  choice.hidden = !hasPromise;
  if (!hasPromise) choice.value = "false";
  direction.hidden = choice.value === "true";
  const was = row.dataset.below ?? choice.value;
  row.dataset.below = choice.value;
  const limits = row.querySelectorAll("[data-points]");
  for (const field of limits) field.min = direction.hidden ? 1 : 0; // no points: what keeps the promise would reach it
  if (was !== choice.value) {
    for (const field of limits) exchange(field, direction.hidden);
    [direction.value, row.dataset.otherDirection] = [row.dataset.otherDirection ?? "low", direction.value];
  }
  if (direction.hidden) direction.value = "low";
}

function exchange(field, isBelow) {
  const other = field.dataset.other ?? (isBelow ? field.dataset.points : "");
  [field.value, field.dataset.other] = [other, field.value];
}

function nameGrip(row) {
  for (const each of row.querySelectorAll(".grip, [data-remove], [data-narrower], [data-wider]")) {
    each.dataset.word ??= each.getAttribute("aria-label");
    each.setAttribute("aria-label", `${each.dataset.word}: ${nameOf(row)}`);
  }
}

/* Parts */

function settlePart(row) {
  const { kind, span } = readAll(row);
  const known = [...byId("e-add-part").options].find((each) => each.value === kind);
  row.querySelector("[data-name]").textContent = known?.textContent ?? kind;
  row.dataset.kind = kind;
  row.dataset.span = span;
  row.querySelector("[data-width]").textContent = `${span}/12`;
  row.querySelector("[data-narrower]").disabled = span <= SPANS[0];
  row.querySelector("[data-wider]").disabled = span >= SPANS.at(-1);
}

function resize(row, by) {
  const field = row.querySelector("[data-key=span]");
  const at = SPANS.indexOf(Number(field.value));
  const wished = SPANS[Math.max(0, Math.min(at + by, SPANS.length - 1))];
  if (wished === Number(field.value)) return;
  field.value = wished;
  const button = document.activeElement;
  settlePart(row);
  if (button.disabled) row.querySelector("[data-narrower]:enabled, [data-wider]:enabled").focus();
  say("width", { name: nameOf(row), width: wished });
  changed();
}

/** A wall cannot show every part: those that it cannot are put aside, and come back with the desk. */
function settleSurface() {
  const isWall = byId("e-surface").value === "tv";
  const there = new Set();
  form.dataset.surface = isWall ? "tv" : "desk";
  for (const row of list("parts").children) {
    const option = optionOf(row.dataset.kind);
    row.hidden = isWall && Boolean(option) && !("fitsWall" in option.dataset);
    there.add(row.dataset.kind);
  }
  for (const each of byId("e-add-part").options) {
    each.disabled = each.hidden = there.has(each.value) || (isWall && !("fitsWall" in each.dataset));
  }
  const offered = byId("e-add-part");
  if (offered.selectedOptions[0]?.disabled ?? true) {
    offered.value = [...offered.options].find((each) => !each.disabled)?.value ?? "";
  }
  form.querySelector("[data-add=parts]").disabled = !offered.value;
  const meters = Number(byId("e-meters").value);
  byId("e-letters").textContent = meters ? fill(words.sayLetters, { mm: Math.ceil(meters * LETTER_MM_PER_METER) }) : "";
}

const optionOf = (kind) => [...byId("e-add-part").options].find((each) => each.value === kind);

/* What lies on a wall is not what lies on a desk: each has parts and numbers of its own. They are exchanged with the
   surface, never unseen, and those that are put aside come back. */

const SET = ["parts", "totals", "figures"];
const sets = { tv: JSON.parse(words.ownOfWall) };
let holds = "desk"; // whose set is on the page

function take(surface) {
  if (surface === holds) return;
  sets[holds] = Object.fromEntries(SET.map((name) => [name, [...list(name).children].map(readAll)]));
  holds = surface;
  if (sets[surface]) for (const name of SET) lay(name, sets[surface][name]);
}

function lay(name, values) {
  list(name).replaceChildren();
  for (const each of values) add(name, each);
}

/** What a wall shows now, and the way to the other set; nothing where there never was another. */
function tellSet() {
  const box = byId("e-wall");
  box.hidden = byId("e-surface").value !== "tv" || !sets.desk;
  const out = [...list("parts").children].filter((each) => each.hidden).map(nameOf);
  const told = box.querySelector("p[data-of=desk]");
  told.textContent = out.length ? fill(words.sayLeftOut, { names: out.join(", ") }) : "";
  for (const each of box.querySelectorAll("[data-of]")) each.hidden = each.dataset.of !== holds;
  byId("e-say").textContent = box.hidden ? "" : box.querySelector("p:not([hidden])").textContent;
}

function takeOther(surface) {
  take(surface);
  settleSurface();
  tellSet();
  byId("e-wall").querySelector("button:not([hidden])").focus();
  changed();
}

/* Telling */

function count() {
  for (const each of form.querySelectorAll("[data-count-of]")) {
    each.textContent = each.dataset.countOf.split(" ").reduce((sum, name) => sum + list(name).children.length, 0);
  }
}

function say(what, values) {
  byId("e-say").textContent = fill(words[`say${what[0].toUpperCase()}${what.slice(1)}`], values);
}

function tellOrder(what, item, place, count) {
  say(what, { name: nameOf(item), place: place + 1, count });
  if (what !== "held") changed();
}

let soon = () => {};
let isSignedOut = false;
let isLeaving = false;

function changed() {
  const isDirty = state() !== saved || wasSent;
  byId("e-state").textContent = isDirty ? words.sayUnsaved : words.saySaved;
  form.toggleAttribute("data-dirty", isDirty);
  count();
  soon();
}

function onNews(news) {
  isSignedOut = Boolean(news.isSignedOut);
  const sentence =
    (isSignedOut && words.saySignedOut) ||
    (news.isLost && words.sayLost) ||
    (news.faults && `${words.sayWaits} ${news.faults.join(" ")}`) ||
    words.sayLive;
  const line = byId("e-preview-state");
  if (line.textContent !== sentence) line.textContent = sentence;
  line.toggleAttribute("data-waits", sentence !== words.sayLive);
}

/* What the server found wrong, beside the fields */

const faults = new Set(); // { entry, field, holder, line }: those that nobody has touched yet

function showFaults() {
  for (const each of document.querySelectorAll("#e-faults [data-place]")) {
    const field = fieldOf(each.dataset.place.split("-"));
    if (field) showFault(each, field);
  }
  byId("e-faults")?.focus();
}

function showFault(entry, field) {
  const id = `e-fault-${entry.dataset.place}`;
  const line = Object.assign(document.createElement("p"), { className: "fault", id, textContent: entry.textContent });
  const holder = field.closest("li, .field, [data-place]");
  holder.append(line);
  const chapter = field.closest("details");
  if (chapter) chapter.open = true;
  field.setAttribute("aria-invalid", "true");
  describe(field, [id, ...descriptions(field)]);
  entry.firstElementChild.addEventListener("click", (event) => {
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
  faults.add({ entry, field, holder, line });
}

const descriptions = (field) => (field.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);

const describe = (field, ids) =>
  ids.length ? field.setAttribute("aria-describedby", ids.join(" ")) : field.removeAttribute("aria-describedby");

/** What was changed is not what was found wrong; whether it is right now is found when it is saved. */
function forgetFaults(where) {
  for (const each of faults) if (each.holder.contains(where)) forgetFault(each);
  if (byId("e-faults") && !document.querySelector("#e-faults [data-place]:not([data-mended])")) byId("e-faults").remove();
}

function forgetFault(fault) {
  const { entry, field, line } = fault;
  faults.delete(fault);
  entry.dataset.mended = "";
  field.removeAttribute("aria-invalid");
  describe(field, descriptions(field).filter((each) => each !== line.id));
  line.remove();
}

function fieldOf([name, index, key]) {
  const row = list(name) && index !== undefined ? list(name).children[Number(index)] : null;
  if (row) return row.querySelector(`[data-key="${key}"]:not([type=hidden])`) ?? row.querySelector("select, button, input");
  const place = form.querySelector(`:not(li)[data-place="${[name, index].filter(Boolean).join("-")}"]`);
  return place?.querySelector("input:not([type=hidden]), select, button") ?? null;
}

/* Beginning */

form.addEventListener("input", ({ target }) => {
  const row = target.closest("[data-list] > li");
  if (row) settle(row, row.parentElement.dataset.list);
  if (target.name === "e-which") beginChoosing();
  if (target.id === "e-surface") take(target.value);
  settleSurface();
  if (target.id === "e-surface") tellSet();
  forgetFaults(target);
  changed();
});

form.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  const row = button?.closest("[data-list] > li");
  if (button?.dataset.add) addNew(button.dataset.add);
  else if (button?.dataset.take) takeOther(button.dataset.take);
  else if (row && "remove" in button.dataset) remove(row);
  else if (row && "narrower" in button.dataset) resize(row, -1);
  else if (row && "wider" in button.dataset) resize(row, 1);
});

const save = () => form.requestSubmit(byId("e-save"));

/** Enter would press the first button there is, which may be another than Save; where one searches it saves nothing. */
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
  event.preventDefault();
  if (!event.repeat && event.target.matches("#e-name, [type=number]")) save();
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !isS(event)) return;
  event.preventDefault();
  if (!event.repeat) save();
});

/** By its letter; by its place where the keyboard writes no Latin letters, as a Hebrew one. */
const isS = ({ key, code }) => (/^[a-z]$/i.test(key) ? key.toLowerCase() === "s" : code === "KeyS");

form.addEventListener("submit", (event) => {
  if (isSignedOut) {
    event.preventDefault();
    return byId("e-preview-state").scrollIntoView({ block: "center" });
  }
  form.elements.spec.value = JSON.stringify(collect());
  form.elements.csrfmiddlewaretoken.value = token()["X-CSRFToken"] ?? form.elements.csrfmiddlewaretoken.value;
  isLeaving = true;
});

addEventListener("beforeunload", (event) => {
  if (!isLeaving && form.hasAttribute("data-dirty")) event.preventDefault();
});
addEventListener("pageshow", () => (isLeaving = false));

byId("e-find-queue").addEventListener("input", findQueue);
for (const each of form.querySelectorAll("[data-list]")) sortable(each, tellOrder);
followPointer(tellOrder);
for (const each of list("queues").children) nameGrip(each);
open(JSON.parse(form.elements.spec.value) ?? {});
showFaults();
const wasSent = Boolean(document.querySelector(".news [name], #e-faults")); // and so is nowhere but on this page
const saved = state();
soon = preview({ frame: document.querySelector(".stage iframe"), url: words.previewUrl, draft: data, onNews });
changed();
