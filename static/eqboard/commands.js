/* What the palette offers: everything one can go to or do from here. It stands on the page already, and is pressed there:
   what one may not do is not on the page, and not here; what makes no sense now says why. */

import { whyBlind } from "./blind.js";

const byId = (id) => document.getElementById(id);
const words = byId("palette")?.dataset;
const textOf = (element) => element?.textContent.replace(/\s+/g, " ").trim() ?? "";
const from = (selector) => [...document.querySelectorAll(selector)];
const joined = (parts) => parts.filter(Boolean).join(" · ");

/** `row` is the one that has the focus or the pointer. Each: group, name, what tells it from others of that name, other
    words for it, why it makes no sense now, and what it does. */
export function gather(row) {
  const all = [...here(row), ...strip(), ...panel(), ...boards(), ...queues(), ...agents(), ...actions(), ...signOuts(), ...settings()];
  return all.map((each) => ({ detail: "", also: "", why: "", ...each }));
}

function here(row) {
  const hands = [...(row?.querySelectorAll("button[data-hand]") ?? [])];
  return hands.map((hand) => press(hand, { group: "here", name: hand.matches(".opens") ? labelOf(hand) : textOf(hand), detail: joined([textOf(row.querySelector(".who")), whereabouts(row)]) }));
}

/** What one listens to, which stands on every page. */
function strip() {
  return from("#monitoring button[data-ear-post]").map((button) => press(button, { group: "here", name: labelOf(button) }));
}

/** All that can be done to the agent or the telephone whose panel is open. */
function panel() {
  const title = textOf(byId("panel-title"));
  const hands = from("#panel:not([hidden]) #panel-body button:is([hx-get], [hx-post], [aria-disabled])");
  return hands.map((hand) => press(hand, { group: "here", name: nameOf(hand), detail: title }));
}

function boards() {
  return from("#boards-menu a").map((link) => ({
    group: "boards", name: textOf(link.querySelector("span") ?? link), detail: textOf(link.querySelector(".quiet")), run: () => link.click(),
  }));
}

function queues() {
  return from("#screen :is(.tile, .lines > .line)").map((row) => ({
    group: "queues", name: textOf(row.querySelector(".tile-name")), detail: textOf(row.querySelector(".extension")), run: () => goTo(row.id),
  }));
}

function agents() {
  return from("#screen .person[id]").map((row) => ({
    group: "agents", name: textOf(row.querySelector(".who")), detail: textOf(row.querySelector(".state-word")), run: () => goTo(row.id),
  }));
}

/** Every button of every row, by its own name and that of its row: "Pause Liam Brown". */
function actions() {
  return from("#screen li[id] button[data-hand][aria-labelledby]").map((hand) =>
    press(hand, { group: "actions", name: nameOf(hand), detail: whereabouts(hand.closest("li")) }),
  );
}

/** A button of the page, pressed there; or why not, by what it says when it is chosen. */
function press(hand, command) {
  return { ...command, also: otherWords(hand), why: whyNot(hand), run: () => pressNow(hand) };
}

const whyNot = (hand) => (hand.getAttribute("aria-disabled") === "true" ? hand.title : "");

/** By its id: it may have been replaced since. */
function pressNow(pressed) {
  const hand = pressed.isConnected ? pressed : byId(pressed.id);
  const why = hand && whyNot(hand);
  if (why) say(why);
  else hand?.click();
}

const say = (text) => document.dispatchEvent(new CustomEvent("eqboard:nobody", { detail: text }));

const labelOf = (element) => element?.getAttribute("aria-label") ?? textOf(element);

function nameOf(hand) {
  const ids = hand.getAttribute("aria-labelledby")?.split(" ");
  return ids ? ids.map((id) => labelOf(byId(id))).filter(Boolean).join(" ") : labelOf(hand);
}

/** By the end of its id, as "agent-7-listen". */
function otherWords({ id }) {
  const what = id.slice(id.lastIndexOf("-") + 1);
  return words[`also${what.charAt(0).toUpperCase()}${what.slice(1)}`] ?? "";
}

/** What tells a row from another of the same name: of a caller the place, the queue and the time, else the extension. */
function whereabouts(row) {
  const place = row.querySelector(".position");
  const facts = [...row.querySelectorAll(".what .fact.name, .extension, .waited")].map(textOf);
  return joined([place && `${place.title} ${textOf(place)}`, ...facts]);
}

/** To sign somebody out has no button in their row; the bar for several agents says whether one may at all. */
function signOuts() {
  const several = document.querySelector("#together [data-one]");
  const rows = several ? from("#agents > .person[id]:not(:has(.others-too))") : [];
  return rows.map((row) => ({
    group: "actions", name: `${several.dataset.say} ${textOf(row.querySelector(".who"))}`, run: () => signOut(several, row.id),
  }));
}

function signOut({ dataset }, id) {
  const reason = byId(id) ? whyBlind(byId(id)) : "";
  if (reason) return say(reason);
  const path = dataset.one.replace("/0/", `/${id.replace(/^[a-z]+-/, "")}/`);
  htmx.ajax("GET", path, { source: byId(id), target: byId("dialog-body"), swap: "innerHTML" });
}

function settings() {
  const choices = from("#menu .choice:not([hidden]) button").map((button) => ({
    group: "more", name: textOf(button), detail: textOf(button.closest("fieldset").querySelector("legend")), run: () => button.click(),
  }));
  const pages = from("#menu :is(a, button).menu-item").map((each) => ({
    group: "more", name: textOf(each.firstChild), also: each.dataset.panel ? words.alsoMore : "", run: () => each.click(),
  }));
  return [...pages, ...choices];
}

/** Any telephone, by the digits that are typed: eqboard has no list of them. */
export function telephone(typed) {
  const [extension] = typed.trim().match(/(?<!\S)[0-9*#]{2,20}$/) ?? [];
  if (!extension) return [];
  const path = words.telephone.replace("0", encodeURIComponent(extension));
  const open = () => document.dispatchEvent(new CustomEvent("eqboard:panel", { detail: path }));
  return [{ group: "more", name: words.sayExtension.replace("{n}", extension), detail: "", text: "", run: open }];
}

/** By its id: the row may have been replaced since. */
function goTo(id) {
  const row = byId(id);
  if (!row) return;
  const folded = row.closest("details");
  if (folded) folded.open = true;
  const place = row.matches("[data-grip]") ? row : row.querySelector("[data-grip], [data-hand], button");
  place?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "center" });
}
