// Improves pages that work without it: results come without a reload, and a late answer to an old question is dropped.
const find = (selector, root = document) => root.querySelector(selector);
const form = find("#form");
const box = find("#q");
const results = find("#results");
const status = find("#status");
const words = document.body.dataset;
const policy = window.trustedTypes?.createPolicy("mscqa", { createHTML: (html) => html }) ?? { createHTML: (html) => html };
const LATE = 20_000; // milliseconds without an answer
const LOOK = 60_000; // milliseconds between looks for a new generation
let running = null; // the request whose answer will be shown
let shown = location.pathname + location.search; // the address that is shown, its fragment left out

function say(text) {
  // The same words twice would not be announced twice.
  status.textContent = status.textContent === text ? text + "\u00a0" : text;
}

function elements(html) {
  // Fragments are the server's own templates, in which all text of corpus and question is escaped.
  return document.createRange().createContextualFragment(policy.createHTML(html));
}

function show(html) {
  results.replaceChildren(elements(html));
  const state = find("[data-state]", results);
  say(state?.dataset.count ?? find("[role=alert]", results)?.firstChild.textContent.trim() ?? "");
  const invalid = state?.dataset.state === "invalid";
  for (const [name, value] of [["aria-invalid", "true"], ["aria-describedby", "problem"]]) {
    if (invalid) box.setAttribute(name, value);
    else box.removeAttribute(name);
  }
  if (state?.dataset.generation) renew(state.dataset.generation, true);
}

function fail(message) {
  const problem = document.createElement("p");
  const again = document.createElement("button");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.textContent = message + " ";
  again.className = "button";
  again.textContent = words.retry;
  again.addEventListener("click", () => load(location.href));
  problem.append(again);
  results.replaceChildren(problem);
  say(message);
}

async function load(url) {
  running?.abort();
  const mine = (running = new AbortController());
  const current = () => running === mine;
  const slow = setTimeout(() => { results.setAttribute("aria-busy", "true"); say(words.loading); }, 300);
  const limit = setTimeout(() => mine.abort("late"), LATE);
  try {
    const address = new URL(url);
    address.searchParams.set("part", "results");
    const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
    const html = await answer.text();
    if (!current()) return;
    if (answer.headers.get("Content-Type")?.startsWith("text/html")) show(html);
    else if (answer.status === 429 || answer.status === 503) fail(words.busy.replace("{seconds}", answer.headers.get("Retry-After") ?? "1"));
    else fail(words.failed);
  } catch {
    if (current()) fail(mine.signal.reason === "late" ? words.late : words.offline);
  } finally {
    clearTimeout(slow);
    clearTimeout(limit);
    if (current()) { results.removeAttribute("aria-busy"); running = null; }
  }
}

// Tells quietly that a newer generation answers than the one that is shown.
function renew(generation, isShown = false) {
  if (isShown) words.generation = generation;
  const old = Boolean(words.generation) && Boolean(generation) && generation !== words.generation;
  const notice = find("#renewed");
  if (old && notice.hidden) say(notice.firstChild.textContent.trim());
  notice.hidden = !old;
  const all = notice.parentElement;
  all.hidden = [...all.children].every((one) => one.hidden);
}

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/api/v1/index", { signal: AbortSignal.timeout(5000) });
    if (answer.ok) renew((await answer.json()).generation);
  } catch { /* The next look may work; asking says what is wrong. */ }
}

// Copies text, or what a promise of text gives; the promise is handed to the browser while the click still counts.
async function copy(text, button) {
  try {
    const blob = Promise.resolve(text).then((chosen) => new Blob([chosen], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  } catch {
    const plain = await Promise.resolve(text).catch(() => null);
    if (plain === null) return say(words.offline);
    if (!copyOldWay(plain)) return say(words.uncopied);
  }
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 2000);
  say(words.copied);
}

// Without a secure context (plain HTTP on a local network) only the old command is left.
function copyOldWay(text) {
  const area = document.createElement("textarea");
  const focused = document.activeElement;
  area.value = text;
  area.className = "hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return done;
}

async function fetchText(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form)).toString();
    if (url.href !== location.href) history.pushState(null, "", url);
    arrive();
  });
  addEventListener("popstate", () => {
    if (location.pathname + location.search === shown) return; // only the fragment changed
    box.value = new URLSearchParams(location.search).get("q") ?? "";
    arrive();
  });
  // Enter that ends an input method's composition must not ask (Safari reports it as key code 229).
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
}

function arrive() {
  shown = location.pathname + location.search;
  const other = find("#switch");
  const address = new URL(location.href);
  document.title = address.searchParams.get("q") ? `${address.searchParams.get("q")} · mscqa` : "mscqa";
  address.searchParams.set("ui", new URL(other.href).searchParams.get("ui"));
  other.href = address.href;
  find("#renewed a").href = location.href;
  load(location.href);
}

addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key === "/" && box && !typing && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === "Escape" && !event.isComposing) {
    const open = event.target.closest?.("details[open]");
    if (open) { open.open = false; find("summary", open).focus(); }
  }
});

addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-link]");
  if (button) copy(new URL(button.dataset.link, location.href).href, button);
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("submit", (event) => {
  if (event.target.matches(".feedback")) return thank(event);
  if (event.target.matches(".manage")) return manage(event);
  if (!event.target.closest("details.menu")) return;
  event.preventDefault();
  const url = new URL(event.target.action);
  url.search = new URLSearchParams(new FormData(event.target, event.submitter)).toString();
  copy(fetchText(url), event.submitter);
});

async function thank(event) {
  event.preventDefault();
  const sent = { method: "POST", body: new URLSearchParams(new FormData(event.target, event.submitter)) };
  const done = await fetch(event.target.action, sent).then((answer) => answer.ok, () => false);
  say(done ? words.thanks : words.failed);
  if (done) event.submitter.classList.add("done");
}

// The page of those who run the service: the state is shown anew and the key stays in its field, the only place that has it.
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
  } else say(words.failed);
  if (find("[data-unfinished='1']", state)) setTimeout(() => manage(), 1000);
  else if (!event) { say(find("#task", state)?.textContent.trim() ?? ""); find("#said", state)?.remove(); }
  if (event) find("#sure").checked = false;
}

// Paper has no folds.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not([open])")) { folded.open = true; folded.dataset.printed = ""; }
});
addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("[data-printed]")) { folded.open = false; delete folded.dataset.printed; }
});

setInterval(look, LOOK);
document.addEventListener("visibilitychange", look);
if (matchMedia("(max-width: 65.99rem)").matches) find(".outline")?.removeAttribute("open");
const marked = find(".viewer #mark");
if (marked) { marked.scrollIntoView({ block: "center" }); marked.focus({ preventScroll: true }); }
