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

function show(html) {
  // The fragment is the server's own template, in which all text of corpus and question is escaped.
  results.replaceChildren(document.createRange().createContextualFragment(policy.createHTML(html)));
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

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without a secure context (plain HTTP on a local network) only the old way is left.
    const area = document.createElement("textarea");
    const focused = document.activeElement;
    area.value = text;
    area.className = "hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    focused?.focus();
    if (!done) return say(words.uncopied);
  }
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 2000);
  say(words.copied);
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
