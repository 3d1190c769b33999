// Improves the page of those who run the service.
import { elements, say } from "./page.js";

const find = (selector, root = document) => root.querySelector(selector);

// The state is shown anew and the key stays in its field, the only place that has it.
async function manage(event) {
  event?.preventDefault();
  const page = find(".manage");
  const sent = event ? new FormData(page, event.submitter) : new FormData(page);
  if (!event) { sent.set("action", "look"); sent.delete("file"); }
  const url = new URL(page.getAttribute("action"), location.href); // its buttons are named action
  url.searchParams.set("part", "state");
  const answer = await fetch(url, { method: "POST", body: sent }).catch(() => null);
  const state = find("#state");
  if (answer?.headers.get("Content-Type")?.startsWith("text/html")) {
    const told = !event && find("#said", state);
    state.replaceChildren(elements(await answer.text()));
    if (told) state.firstElementChild.prepend(told);
    if (event) say(find("#said", state)?.textContent ?? find("#task", state)?.textContent.trim() ?? "");
  } else say(document.body.dataset.failed);
  if (find("[data-unfinished='1']", state)) setTimeout(() => manage(), 1000);
  else if (!event) { say(find("#task", state)?.textContent.trim() ?? ""); find("#said", state)?.remove(); }
  if (event) find("#sure").checked = false;
}

find(".manage").addEventListener("submit", manage);
