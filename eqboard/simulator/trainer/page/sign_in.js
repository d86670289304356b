/* Signing in. The password goes in the body of one request and nowhere else. */

import { ask } from "./server.js";
import { furnish } from "./settings.js";
import { translate } from "./speech.js";

const form = document.getElementById("sign-in");
const said = document.getElementById("sign-in-said");

furnish();
translate();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const answer = await ask("POST", "/control/sign_in", new FormData(form));
  form.ariaBusy = "false";
  if (answer.sentence) {
    said.textContent = answer.sentence;
    said.dataset.level = "critical";
    form.elements.password.select();
  } else {
    location.reload();
  }
});
