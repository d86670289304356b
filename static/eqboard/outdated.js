/* A refusal beside the board is old news once the next press on the same row begins, or once the row shows another state
   and there was time to read it. What nobody knows, or what was lost, stays until it is dismissed: so does what was
   refused of a row that has left, for nothing newer is told of that. */

const READ_MS = 8000;
const OLD_NEWS = ":is([data-state='refused'], [data-state='denied'], [data-state='not_seen'])";
const byId = (id) => (id ? document.getElementById(id) : null);
const rowOf = (mark) => mark?.id.replace(/^mark-/, "");

/** Of what an outcome is, before it leaves its mark. */
export function remember(outcome) {
  const id = rowOf(outcome.closest(".mark"));
  if (!id) return;
  outcome.dataset.of = id;
  outcome.dataset.stood = byId(id)?.dataset.state ?? "";
  outcome.dataset.told = performance.now();
}

export const isOldNews = (outcome) => outcome.matches(OLD_NEWS);

const told = () => document.querySelectorAll(`#notices > .outcome[data-of]${OLD_NEWS}`);

function onPress({ detail }) {
  const id = detail.requestConfig.verb === "post" && rowOf(detail.target.closest(".mark"));
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
document.addEventListener("eqboard:shown", onShown);
