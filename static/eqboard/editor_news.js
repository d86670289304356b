/* What the preview hears of the server, beside it. */

import { byId, words } from "./editor_page.js";

export let isSignedOut = false;

export function onNews(news) {
  isSignedOut = Boolean(news.isSignedOut);
  const sentence =
    (isSignedOut && words.saySignedOut) ||
    (news.isLost && words.sayLost) ||
    (news.faults && `${words.sayWaits} ${news.faults.join(" ")}`) ||
    words.sayLive;
  const line = byId("e-preview-state");
  if (line.textContent !== sentence) line.textContent = sentence;
  line.toggleAttribute("data-waits", sentence !== words.sayLive);
}
