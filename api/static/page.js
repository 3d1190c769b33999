// Improves a page that works without it: results come without a reload, and a late answer to an old question is dropped.
const form = document.querySelector("#form");
const box = document.querySelector("#q");
const results = document.querySelector("#results");
const status = document.querySelector("#status");
const policy = window.trustedTypes?.createPolicy("mscqa", { createHTML: (html) => html }) ?? { createHTML: (html) => html };
let running = null;

function show(html) {
  // The fragment is the server's own template, in which all text of corpus and question is escaped.
  results.replaceChildren(document.createRange().createContextualFragment(policy.createHTML(html)));
  status.textContent = results.querySelector("[data-count]")?.dataset.count ?? results.querySelector("[role=alert]")?.textContent ?? "";
  const invalid = results.querySelector("[data-state=invalid]");
  box.toggleAttribute("aria-invalid", Boolean(invalid));
  if (invalid) { box.setAttribute("aria-invalid", "true"); box.setAttribute("aria-describedby", "problem"); }
  else box.removeAttribute("aria-describedby");
}

function fail() {
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.textContent = results.dataset.offline + " ";
  const again = document.createElement("button");
  again.className = "button";
  again.textContent = results.dataset.retry;
  again.addEventListener("click", () => form.requestSubmit());
  problem.append(again);
  results.replaceChildren(problem);
  status.textContent = results.dataset.offline;
}

async function load(url) {
  running?.abort();
  const mine = (running = new AbortController());
  const slow = setTimeout(() => { results.setAttribute("aria-busy", "true"); status.textContent = results.dataset.loading; }, 300);
  const limit = setTimeout(() => mine.abort("late"), 20000);
  try {
    const address = new URL(url);
    address.searchParams.set("part", "results");
    const answer = await fetch(address, { signal: mine.signal, headers: { Accept: "text/html" } });
    const html = await answer.text();
    if (running === mine) show(html);
  } catch {
    if (running === mine) fail();
  } finally {
    clearTimeout(slow);
    clearTimeout(limit);
    if (running === mine) { results.removeAttribute("aria-busy"); running = null; }
  }
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form)).toString();
    if (url.href !== location.href) history.pushState(null, "", url);
    document.title = box.value ? `${box.value} · mscqa` : "mscqa";
    load(url);
  });
  addEventListener("popstate", () => {
    box.value = new URLSearchParams(location.search).get("q") ?? "";
    load(location.href);
  });
  // Enter that ends an input method's composition must not ask (Safari reports it as key code 229).
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
  });
}
addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
  if (event.key === "/" && box && !typing && !event.isComposing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    box.focus();
    box.select();
  }
  if (event.key === "Escape") event.target.closest?.("details[open]")?.removeAttribute("open");
});
const marked = document.querySelector("#mark");
if (marked) { marked.scrollIntoView({ block: "center" }); marked.focus({ preventScroll: true }); }
