/* What the server tells of a listening, seen with what this page knows beside it: that it was heard before, and that it is
   to be ended from here. A claim outlives its call by a moment, and nobody is called by then. */

const heard = new Set(); // attempts whose telephone rang, or was picked up
const stopped = new Set(); // those that are to be ended from here
let asking = null; // the one of them of which eqboard has not answered yet

/** Pressed: from now on it is ending, until the server says that it goes on. */
export function stop(ear, words) {
  asking = ear.dataset.attempt;
  stopped.add(asking);
  end(ear, words.sayStopping);
}

export const stopIsAnswered = () => (asking = null);

export function look(ear, words) {
  const { attempt, hearing } = ear.dataset;
  if (!attempt) return;
  if (hearing !== "calling") heard.add(attempt);
  if (attempt === asking) end(ear, words.sayStopping);
  else if (hearing === "calling" && heard.has(attempt)) end(ear, endingOf(ear, words));
}

function endingOf(ear, words) {
  if (stopped.has(ear.dataset.attempt)) return words.sayStopping;
  return words.sayNoCall.replace("{n}", ear.querySelector("[data-extension]").dataset.extension);
}

function end(ear, text) {
  ear.dataset.hearing = "ending";
  ear.querySelector(".ear-says > span").textContent = text;
  ear.querySelector(".ear-says > time")?.remove();
  for (const hand of ear.querySelectorAll("[data-ear-post]")) {
    hand.setAttribute("aria-disabled", "true");
    hand.title = text;
  }
}
