/* The keys of a telephone. They are pressed one after the other, each once, in the order in which one pressed them here;
   after one that was not pressed at the telephone no other is sent: half a number may be somebody else's. */

const FINE = ["done", "confirmed", "accepted"];
const LOOK_MS = 150;
const byId = (id) => document.getElementById(id);
const waiting = []; // buttons
let isBusy = false;

const mark = () => byId("panel-mark");
const wait = () => new Promise((done) => setTimeout(done, LOOK_MS));
const nameOf = (button) => button.getAttribute("aria-label") ?? button.textContent;

async function sendAll() {
  if (isBusy) return;
  isBusy = true;
  try {
    while (waiting.length) if (!(await send(waiting.shift()))) dropRest();
  } finally {
    isBusy = false;
  }
}

/** Whether EQ has pressed it. */
async function send(button) {
  try {
    await htmx.ajax("POST", button.dataset.press, { source: button, target: "#panel-mark", swap: "innerHTML" });
  } catch {
    return false;
  }
  while (state() === "asked") await wait(); // a slow EQ: the mark asks what became of it
  if (!FINE.includes(state())) return false;
  note(button);
  return true;
}

const state = () => mark()?.querySelector(".outcome")?.dataset.state;

/** What was pressed stands on the display, in order. */
function note(button) {
  const line = button.closest(".phone")?.querySelector(".phone-pressed");
  if (line) line.textContent = `${line.textContent} ${button.textContent}`.trim().slice(-24);
}

function dropRest() {
  if (!waiting.length) return;
  const names = waiting.splice(0).map(nameOf).join(", ");
  const words = document.querySelector(".phone")?.dataset.sayDropped;
  if (words) document.dispatchEvent(new CustomEvent("eqboard:notice", { detail: words.replace("{keys}", names) }));
}

function press(button) {
  waiting.push(button);
  sendAll();
}

/** Digits can be typed while the focus is on the telephone. */
const TYPED = { "*": "star", "#": "pound" };

function onKey(event) {
  const phone = event.target.closest?.(".phone");
  if (!phone || event.ctrlKey || event.metaKey || event.altKey) return;
  const name = TYPED[event.key] ?? (/^[0-9]$/.test(event.key) ? event.key : "");
  const button = name && phone.querySelector(`[data-key="${name}"]`);
  if (!button) return;
  event.preventDefault();
  button.click(); // while nothing can be done it says why
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-press]");
  if (button) press(button);
});
document.addEventListener("keydown", onKey);
