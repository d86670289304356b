/* Signing in. The password goes in the body of one request and nowhere else. */

import { explain, tell } from "./refusals.js";
import { ask } from "./server.js";
import { furnish } from "./settings.js";
import { translate } from "./speech.js";

const form = document.getElementById("sign-in");
const said = document.getElementById("sign-in-said");

furnish();
translate();
form.noValidate = true; /* what is missing is said in the language of the page */

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const answer = await ask("POST", "/control/sign_in", new FormData(form));
  form.ariaBusy = "false";
  if (answer.value === undefined) {
    const { sentence, lang } = explain(answer);
    tell(said, sentence, { level: "critical", lang });
    form.elements.password.select();
  } else {
    location.reload();
  }
});
