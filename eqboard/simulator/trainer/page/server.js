/* Asking the simulator's levers: the same JSON by HTTP that tests use, admitted by the cookie. */

import { word } from "./speech.js";

const PATIENCE_MS = 8000;

/* What it answers: `value`; or `errors`, each with parameter, type and description; or else the sentence to show.
   `isThere` tells whether anybody answered at all. */
export async function ask(method, path, fields = null) {
  let response;
  try {
    response = await fetch(path, {
      method,
      body: fields && new URLSearchParams(fields),
      signal: AbortSignal.timeout(PATIENCE_MS),
      cache: "no-store",
    });
    const value = await response.json();
    if (response.ok) return { isThere: true, value };
    return { isThere: true, status: response.status, errors: Array.isArray(value) ? value : [] };
  } catch {
    const isThere = Boolean(response && response.status < 500);
    return { isThere, sentence: isThere ? word("refused", { status: response.status }) : word("no_answer") };
  }
}
