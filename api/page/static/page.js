// Improves pages that work without it: results come without a reload, and a late answer to an old question is dropped.
const find = (selector, root = document) => root.querySelector(selector);
const form = find("#form");
const box = find("#q");
const results = find("#results");
const status = find("#status");
const words = document.body.dataset;
const policy = window.trustedTypes?.createPolicy("mscqa", { createHTML: (html) => html }) ?? { createHTML: (html) => html };
const LATE = 20_000; // milliseconds without an answer
const AGAIN = 5_000; // milliseconds between looks for the first index
const LOOK = 60_000; // milliseconds between looks for a new generation
let running = null; // the request whose answer will be shown
let writing = null; // the answer that is being generated
let shown = location.pathname + location.search; // the address that is shown, its fragment left out

export function say(text) {
  // The same words twice would not be announced twice.
  status.textContent = status.textContent === text ? text + "\u00a0" : text;
}

export function elements(html) {
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
  writing?.abort();
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

// Nothing can be answered before the first index is there; then what was asked is, and what is typed stays.
async function waitForIndex() {
  const waits = () => find("[data-state=building], #unready");
  if (document.hidden || running || !waits()) return;
  const answer = await fetch("/api/v1/index", { signal: AbortSignal.timeout(AGAIN) }).then((all) => all.json(), () => null);
  if (!answer?.ready || !waits()) return;
  for (const old of document.querySelectorAll(".notices > :not(#renewed)")) old.remove();
  if (form) load(location.href);
  else if (find("[data-state=building]")) location.reload(); // never the page with the admin key, which would be lost
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
  if (event.target.matches(".generate")) return write(event);
  if (!event.target.closest("details.menu")) return;
  event.preventDefault();
  const url = new URL(event.target.action);
  url.search = new URLSearchParams(new FormData(event.target, event.submitter)).toString();
  copy(fetchText(url), event.submitter);
});

// A generated answer, sentence by sentence as each was checked, above the sentences of the corpus.
async function write(event) {
  event.preventDefault();
  const asked = event.target;
  const told = asked.dataset;
  const part = (name, text = "", kind = "") => Object.assign(document.createElement(name), { textContent: text, className: kind });
  const [box, sentences] = [part("section", "", "generated"), part("div", "", "sentences")];
  const title = part("h3", told.title);
  title.id = "generated-title";
  box.setAttribute("aria-labelledby", title.id);
  box.setAttribute("aria-busy", "true");
  const note = part("p", told.note, "note");
  box.append(title, sentences, note);
  asked.replaceWith(box);
  say(told.writing);
  const act = {
    text({ text, citations, supported }) {
      const paragraph = part("p", text);
      paragraph.lang = told.language;
      for (const number of citations) {
        const link = part("a", "", "number");
        link.dataset.number = number;
        link.append(part("span", `${told.evidence} `, "hidden"), `[${number}]`);
        paragraph.append(link);
      }
      if (!supported) paragraph.append(" ", part("em", told.unsupported, "unsupported"));
      sentences.append(paragraph);
    },
    fallback({ detail }) {
      title.textContent = told.fallback;
      note.textContent = told.fallbackNote;
      sentences.replaceChildren(part("p", detail, "notice"));
    },
    citations(all) {
      for (const { number, url } of all) {
        const address = new URL(url, location.href);
        address.searchParams.set("q", new FormData(asked).get("q"));
        address.searchParams.set("ui", new FormData(asked).get("ui"));
        for (const link of sentences.querySelectorAll(`[data-number="${number}"]`)) link.href = address.href;
      }
    },
    error() { throw new Error("the stream failed"); },
  };
  try {
    const [question, exact] = [new FormData(asked).get("q"), new FormData(asked).has("exact")];
    const body = JSON.stringify({ question, mode: "generated", expand: !exact });
    writing = new AbortController();
    const answer = await fetch("/api/v1/ask/stream", { method: "POST", body, signal: writing.signal, headers: { "Content-Type": "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    for await (const [name, data] of events(answer.body)) act[name]?.(data);
    say(told.written);
  } catch {
    if (!box.isConnected) return; // another question was asked meanwhile
    box.replaceChildren(title, Object.assign(part("p", words.failed, "problem"), { role: "alert" }), asked);
    say(words.failed);
  } finally {
    box.removeAttribute("aria-busy");
  }
}

// Yields the name and the data of each server-sent event.
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (let piece; !(piece = await reader.read()).done; ) {
    const messages = (rest + piece.value).split("\n\n");
    rest = messages.pop();
    for (const message of messages) {
      const [, name, data] = message.match(/^event: (\w+)\ndata: (.*)$/s) ?? [];
      if (name) yield [name, JSON.parse(data)];
    }
  }
}

async function thank(event) {
  event.preventDefault();
  const sent = { method: "POST", body: new URLSearchParams(new FormData(event.target, event.submitter)) };
  const done = await fetch(event.target.action, sent).then((answer) => answer.ok, () => false);
  say(done ? words.thanks : words.failed);
  if (done) for (const button of event.target.elements) button.classList.toggle("done", button === event.submitter);
}

// Paper has no folds.
addEventListener("beforeprint", () => {
  for (const folded of document.querySelectorAll("details:not([open])")) { folded.open = true; folded.dataset.printed = ""; }
});
addEventListener("afterprint", () => {
  for (const folded of document.querySelectorAll("[data-printed]")) { folded.open = false; delete folded.dataset.printed; }
});

setInterval(look, LOOK);
setInterval(waitForIndex, AGAIN);
document.addEventListener("visibilitychange", look);
if (matchMedia("(max-width: 65.99rem)").matches) find(".outline")?.removeAttribute("open");
const marked = find(".viewer #mark");
if (marked) { marked.scrollIntoView({ block: "center" }); marked.focus({ preventScroll: true }); }
