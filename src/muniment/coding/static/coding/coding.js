// The coding workspace by keyboard: search and choose, act on the row the cursor is on, read the chart beside it.
const form = document.getElementById("draft");
const messages = () => document.querySelector(".messages");

// Changes go through the one form, in order: what is asked for while a save is under way waits for it.
function carryOut(command) {
  window.htmx.ajax("POST", form.getAttribute("hx-post"), { source: form, target: "#pane", values: { do: command } });
}
function finalise() {
  window.htmx.ajax("POST", form.dataset.final, { source: form, target: "#pane", swap: "none" });
}
form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.successful) messages()?.replaceChildren(); });

// Search: the first answer is chosen; arrows choose another, Enter adds it, and its notes stand below.
const resultsOf = (box) => document.getElementById(box.getAttribute("aria-controls"));
const options = (box) => [...resultsOf(box).querySelectorAll("[role=option]")];
let telling;
let asked = 0;

// Notes come with a plain request: one that is overtaken is dropped without a word.
async function tell(option) {
  const mine = ++asked;
  const place = document.querySelector("#guide .at-choice") || document.getElementById("about-code");
  if (!option.dataset.about) { place.replaceChildren(); return; }
  const answer = await fetch(option.dataset.about, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
  const words = answer?.ok ? await answer.text().catch(() => "") : "";
  if (mine === asked && option.isConnected && !answer?.redirected) place.innerHTML = words;
}

// In the index, the notes of the code on which the cursor is stand below the page.
document.getElementById("guide").addEventListener("focusin", (event) => {
  if (!event.target.closest(".book [data-choice]")) return;
  clearTimeout(telling);
  telling = setTimeout(() => tell(event.target), 120);
});

function choose(box, option) {
  for (const one of options(box)) one.setAttribute("aria-selected", String(one === option));
  box.setAttribute("aria-expanded", String(Boolean(option)));
  if (!option) { box.removeAttribute("aria-activedescendant"); return; }
  box.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
  clearTimeout(telling);
  telling = setTimeout(() => tell(option), 80);
}

function take(box, option) {
  clearTimeout(telling);
  if (option.dataset.guide) lead(option.dataset.guide);
  else carryOut(option.dataset.do);
  clear(box);
}
const lead = (address) => document.dispatchEvent(new CustomEvent("muniment:guide", { detail: address }));

function beside(box) {
  const chosen = options(box).find((one) => one.getAttribute("aria-selected") === "true");
  if (!chosen) return;
  lead(chosen.dataset.near || chosen.dataset.guide);
  clear(box);
}

// From a code that was found to its place in the alphabetic index.
function named(box) {
  const address = options(box).find((one) => one.getAttribute("aria-selected") === "true")?.dataset.named;
  if (!address) return;
  lead(address);
  clear(box);
}

function clear(box) {
  clearTimeout(telling);
  asked += 1;
  box.value = "";
  delete box.dataset.waiting;
  resultsOf(box).replaceChildren();
  document.getElementById("about-code").replaceChildren();
  choose(box, null);
}

function enter(box) {
  const answered = resultsOf(box).querySelector("[data-q]")?.dataset.q;
  const chosen = options(box).find((one) => one.getAttribute("aria-selected") === "true");
  if (answered === box.value.trim() && chosen) take(box, chosen);
  else if (box.value.trim() && answered !== box.value.trim()) box.dataset.waiting = "on"; // the answer is on its way
}

for (const box of document.querySelectorAll("[data-code-search]")) {
  box.addEventListener("keydown", (event) => {
    const all = options(box);
    const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (all.length) choose(box, all[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), all.length - 1)]);
    } else if (event.key === "Enter" && event.shiftKey) beside(box);
    else if (event.key === "Enter" && event.altKey) named(box);
    else if (event.key === "Enter") enter(box);
    else if (event.key === "Escape" && box.value) clear(box);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  box.addEventListener("input", () => { if (!box.value.trim()) clear(box); });
  resultsOf(box).addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== resultsOf(box)) return;
    if (!box.value.trim()) { resultsOf(box).replaceChildren(); return; } // cleared while the answer was on its way
    choose(box, options(box)[0] || null);
    if (box.dataset.waiting) { delete box.dataset.waiting; enter(box); }
  });
}

document.addEventListener("click", (event) => {
  const wanted = event.target.closest("[data-do], .results [data-guide]");
  if (wanted) {
    const box = wanted.matches("[role=option]") && document.querySelector(`[aria-controls="${wanted.closest(".results").id}"]`);
    if (box) { box.focus(); take(box, wanted); } else carryOut(wanted.dataset.do);
  }
  if (event.target.closest("[data-finalise]")) finalise();
  if (event.target.closest("[data-close-reading]")) {
    document.getElementById("reading").replaceChildren();
    const list = document.querySelector("details.documents");
    list.open = true;
    list.querySelector("tbody tr")?.focus();
  }
  const link = event.target.closest("a[data-read]");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    read(link.getAttribute("href"));
  }
});

// A document opens above the list of documents, on this screen: the codes stay where they are.
function read(address) {
  const here = new URL(address, location.href);
  const entry = here.pathname.split("/").filter(Boolean).at(-1);
  document.querySelector("details.documents").open = false;
  window.htmx.ajax("GET", `${location.pathname}documents/${entry}/${here.search}`, { target: "#reading", swap: "innerHTML show:top" })
    .then(() => document.querySelector("#reading #found")?.scrollIntoView({ block: "center" }));
}

// Esc closes the document that is being read before it leaves the stay.
document.addEventListener("keydown", (event) => {
  const close = document.querySelector("#reading [data-close-reading]");
  if (event.key !== "Escape" || !close || event.target.closest?.("input, select, textarea, dialog, details.menu[open], #guide")) return;
  close.click();
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// Keys on a row of the abstract.
const indicators = new Set(["Y", "N", "U", "W"]);
document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("tr[data-line]");
  if (!row || event.target !== row || event.ctrlKey || event.metaKey) return;
  const place = row.dataset.line;
  const select = row.querySelector("select.poa");
  const letter = event.key.toUpperCase();
  if (event.altKey && event.key === "ArrowUp") carryOut(`up:${place}`);
  else if (event.altKey && event.key === "ArrowDown") carryOut(`down:${place}`);
  else if (event.altKey) return;
  else if (event.key === "Delete") carryOut(`remove:${place}`);
  else if (select && indicators.has(letter)) { select.value = letter; select.dispatchEvent(new Event("change", { bubbles: true })); }
  else if (event.key === "m" && row.querySelector('[data-do^="principal:"]')) carryOut(`principal:${place}`);
  else if (event.key === "a" && select) carryOut(`add:admitting:${row.querySelector("[name=code]").value}`);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
