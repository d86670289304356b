/* A refusal beside the board is old news once the next press on the same subject begins, in its row, its panel or the
   strip, or once the row shows another state and there was time to read it. What nobody knows, or what was lost, stays until it is dismissed: so does what was
   refused of a row that has left, for nothing newer is told of that. */

const READ_MS = 8000;
const OLD_NEWS = ":is([data-state='refused'], [data-state='denied'], [data-state='not_seen'])";
const byId = (id) => (id ? document.getElementById(id) : null);
const rowOf = (mark) => (mark?.id === "panel-mark" ? rowOfPanel() : mark?.id.replace(/^mark-/, ""));
const rowOfPanel = () => document.querySelector("#panel-body > .side")?.id.replace(/^panel-/, "");

/** Of what an outcome is, before it leaves its mark. */
export function remember(outcome) {
  const id = rowOf(outcome.closest(".mark"));
  if (!id) return;
  outcome.dataset.of = id;
  outcome.dataset.stood = byId(id)?.dataset.state ?? "";
  outcome.dataset.told = performance.now();
}

/** One that asks what became of it is replaced by the next: that tells of the same. */
const heirlooms = new WeakMap(); // by request

function leave({ detail: { target, xhr } }) {
  if (target.matches("#notices > .outcome")) heirlooms.set(xhr, { ...target.dataset });
}

function inherit({ target, detail: { xhr } }) {
  const { of, stood, told: toldAt, name } = heirlooms.get(xhr) ?? {};
  if (!target.matches?.("#notices > .outcome")) return;
  if (of) Object.assign(target.dataset, { of, stood, told: toldAt });
  if (name) target.dataset.name = name;
}

export const isOldNews = (outcome) => outcome.matches(OLD_NEWS);

const told = () => document.querySelectorAll(`#notices > .outcome[data-of]${OLD_NEWS}`);

function onPress({ detail }) {
  if (detail.requestConfig.verb === "post") forget(rowOf(detail.target.closest(".mark")));
}

function onStrip({ target }) {
  const button = target.closest?.("#monitoring [data-ear-post]:not([aria-disabled='true'])");
  if (button) forget(button.closest(".ear").dataset.of);
}

function forget(id) {
  for (const outcome of told()) if (outcome.dataset.of === id) takeAway(outcome);
}

function onShown() {
  for (const outcome of told()) if (isOvertaken(outcome.dataset)) takeAway(outcome);
}

function isOvertaken({ of, stood, told: toldAt }) {
  const state = byId(of)?.dataset.state;
  return state !== undefined && state !== stood && performance.now() - toldAt > READ_MS;
}

function takeAway(outcome) {
  const hadFocus = outcome.contains(document.activeElement);
  outcome.remove();
  if (hadFocus) document.dispatchEvent(new CustomEvent("eqboard:focus", { detail: { row: outcome.dataset.of } }));
}

document.addEventListener("htmx:beforeSend", onPress);
document.addEventListener("htmx:beforeSwap", leave);
document.addEventListener("htmx:afterSwap", inherit, { capture: true }); // before it is told (desk.js)
document.addEventListener("click", onStrip, { capture: true }); // before the strip dulls its buttons
document.addEventListener("eqboard:shown", onShown);
