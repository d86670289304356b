/* Saving: by which keys, whether there is anything to save, and that nobody leaves without it unasked. Who is signed
   out is not sent away with the draft. */

import { collect, state } from "./editor_draft.js";
import { isSignedOut } from "./editor_news.js";
import { byId, form, words } from "./editor_page.js";
import { token } from "./preview.js";

let saved = "";
let wasSent = false; // and refused, and so is nowhere but on this page
let isLeaving = false;

/** From now on, with what is on the page as what is saved. */
export function guard() {
  wasSent = Boolean(document.querySelector(".news [name], #e-faults"));
  saved = state();
  form.addEventListener("keydown", onEnter);
  document.addEventListener("keydown", onShortcut);
  form.addEventListener("submit", send);
  addEventListener("beforeunload", (event) => {
    if (!isLeaving && form.hasAttribute("data-dirty")) event.preventDefault();
  });
  addEventListener("pageshow", () => (isLeaving = false));
}

export function tellWhetherSaved() {
  const isDirty = state() !== saved || wasSent;
  byId("e-state").textContent = isDirty ? words.sayUnsaved : words.saySaved;
  form.toggleAttribute("data-dirty", isDirty);
}

const save = () => form.requestSubmit(byId("e-save"));

/** Enter would press the first button there is, which may be another than Save; where one searches it saves nothing. */
function onEnter(event) {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
  event.preventDefault();
  if (!event.repeat && event.target.matches("#e-name, [type=number]")) save();
}

function onShortcut(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !isS(event)) return;
  event.preventDefault();
  if (!event.repeat) save();
}

/** By its letter; by its place where the keyboard writes no Latin letters, as a Hebrew one. */
const isS = ({ key, code }) => (/^[a-z]$/i.test(key) ? key.toLowerCase() === "s" : code === "KeyS");

function send(event) {
  if (isSignedOut) {
    event.preventDefault();
    byId("e-preview-state").scrollIntoView({ block: "center" });
    return;
  }
  form.elements.spec.value = JSON.stringify(collect());
  form.elements.csrfmiddlewaretoken.value = token()["X-CSRFToken"] ?? form.elements.csrfmiddlewaretoken.value;
  isLeaving = true;
}
