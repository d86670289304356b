/* Undo is there for a few seconds. A bar shows how many are left; with reduced motion they are told in words. */

const isStill = matchMedia("(prefers-reduced-motion: reduce)");
const BAR = [{ backgroundSize: "100% 2px" }, { backgroundSize: "0 2px" }];

function start(button) {
  const leftMs = Number(button.dataset.leftMs);
  delete button.dataset.leftMs; // it is started once, wherever it is moved
  const until = performance.now() + leftMs;
  for (const each of around(button)) each.dataset.undoable = "";
  if (isStill.matches) count(button, until);
  else button.animate(BAR, { duration: leftMs, fill: "forwards" });
  setTimeout(() => end(button), leftMs);
}

/** What is told stays as long as it can be undone. */
const around = (button) => [button.closest(".outcome"), button.closest(".mark")].filter(Boolean);

function count(button, until) {
  const seconds = Math.ceil((until - performance.now()) / 1000);
  if (!button.isConnected || seconds < 1) return;
  button.querySelector(".undo-left").textContent = ` ${seconds} s`;
  setTimeout(() => count(button, until), 1000);
}

/** The focus goes back to the row, or to what else can be pressed there. */
function end(button) {
  if (!button.isConnected) return;
  const hadFocus = button === document.activeElement;
  const row = button.closest("#screen li")?.id;
  const beside = button.nextElementSibling;
  const passing = button.closest("#notices > [data-passing]");
  for (const each of around(button)) delete each.dataset.undoable;
  button.remove();
  if (!hadFocus) return passing?.remove();
  if (row) document.dispatchEvent(new CustomEvent("eqboard:focus", { detail: { row } }));
  else beside?.focus();
}

document.addEventListener("htmx:load", ({ target }) => {
  for (const button of target.querySelectorAll?.("button.undo[data-left-ms]") ?? []) start(button);
});
