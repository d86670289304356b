/* Why the simulator refused: in the page's language if it is something that a trainer meets here, else in its own. */

import { quoted, word } from "./speech.js";

const KNOWN = [
  "no.password.blank",
  "no.password.invalid",
  "no.password.invalid.429",
  "no.queue.nonexistent",
  "no.queue.nonexistent.400",
  "no.queue.nonexistent.unbound",
  "no.agent.nonexistent",
  "no.pause_code.nonexistent",
  "no.unique_id.nonexistent",
  "no.id.nonexistent",
  "no.kind.invalid",
  "no.operations.blank",
];

/* The sentence, its language if that is not the page's, and the `field` that has to be another, if one of the form's
   has. `attempt` tells some refusals from others of the same kind. */
export function explain({ status, errors, sentence }, form = null, attempt = "") {
  if (sentence) return { sentence };
  const found = errors.map((error) => explainOne(error, status, form, attempt));
  return {
    sentence: found.map((each) => each.sentence).join(" ") || word("refused", { status }),
    lang: found.map((each) => each.lang).find(Boolean),
    field: found.map((each) => each.field).find(Boolean),
  };
}

/* What came of a press, in its place. */
export function tell(place, sentence, { level = "calm", lang = "" } = {}) {
  place.dataset.level = level;
  for (const [name, value] of [["lang", lang], ["dir", lang && "ltr"]]) {
    if (value) place.setAttribute(name, value);
    else place.removeAttribute(name); /* as the page: its own sentences may well begin with a word of another side */
  }
  place.textContent = sentence;
}

function explainOne({ parameter, type, description }, status, form, attempt) {
  const number = String(description ?? "").match(/\d+/)?.[0] ?? "";
  const field = form?.querySelector(`input[type="number"][name="${CSS.escape(parameter ?? "")}"]`);
  if (field && ["blank", "invalid"].includes(type)) return { field, sentence: explainNumber(field, number) };
  const key = `no.${parameter}.${type}`;
  const known = [`${key}.${attempt}`, `${key}.${status}`, key].find((each) => KNOWN.includes(each));
  return known ? { sentence: word(known, { number }) } : { sentence: description ?? "", lang: "en" };
}

/* A number within its range is refused for what is there already: the server says how many it has room for. */
function explainNumber(field, number) {
  if (field.validity.valid) return word("no.room", { number });
  const label = field.closest("label").firstElementChild.textContent;
  const key = field.step === "any" ? "no.number" : "no.whole_number";
  return word(key, { label, least: quoted(field.min), most: quoted(field.max) });
}
