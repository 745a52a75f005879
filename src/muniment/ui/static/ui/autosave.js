// What is typed is never lost: <form data-autosave="name" data-version="3"> keeps a draft in this tab until it is sent.
// The session store and not the local one: workstations are shared, and a draft may hold what a patient said.
const user = document.body.dataset.user || "anyone";
const keyOf = (form) => `muniment.draft.${user}.${location.pathname}.${form.dataset.autosave}`;
const skip = new Set(["password", "file", "hidden", "submit", "button"]);
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !skip.has(field.type));
const read = (field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value);
const nameOf = (field) => (["checkbox", "radio"].includes(field.type) ? `${field.name}=${field.value}` : field.name);

function write(field, value) {
  if (["checkbox", "radio"].includes(field.type)) field.checked = value;
  else field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function keep(form) {
  const values = Object.fromEntries(fieldsOf(form).map((field) => [nameOf(field), read(field)]));
  sessionStorage.setItem(keyOf(form), JSON.stringify({ version: form.dataset.version || "", values }));
}

function notice(tone, sentence, ...buttons) {
  const [box, inner, words, row] = ["div", "div", "p", "div"].map((tag) => document.createElement(tag));
  box.className = `notice ${tone}`;
  box.setAttribute("role", "status");
  words.textContent = sentence;
  row.className = "row";
  row.append(...buttons);
  inner.append(words, row);
  box.append(document.createElement("span"), inner);
  return box;
}

function button(words, action) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words });
  made.addEventListener("click", action);
  return made;
}

function restored(form, before) {
  const box = notice("info", "What you typed earlier and did not send is back in this form.", button("Discard it", () => {
    for (const field of fieldsOf(form)) write(field, before[nameOf(field)]);
    sessionStorage.removeItem(keyOf(form));
    box.remove();
  }));
  form.prepend(box);
}

function shownValue(value) {
  return typeof value === "boolean" ? (value ? "ticked" : "not ticked") : value || "empty";
}

function conflict(form, values, changed) {
  const box = notice("due", "Somebody changed this after you began typing. The form shows what is saved now; yours is listed here.",
    button("Discard mine", () => { sessionStorage.removeItem(keyOf(form)); box.remove(); }));
  for (const field of changed) {
    const line = document.createElement("p");
    const label = field.labels?.[0]?.textContent.trim() || field.name;
    line.append(`${label}: saved “${shownValue(read(field))}”, yours “${shownValue(values[nameOf(field)])}” `);
    line.append(button(`Use mine for ${label}`, (event) => { write(field, values[nameOf(field)]); event.target.closest("p").remove(); }));
    box.lastChild.insertBefore(line, box.lastChild.lastChild);
  }
  form.prepend(box);
}

function restore(form) {
  const draft = JSON.parse(sessionStorage.getItem(keyOf(form)) || "null");
  if (!draft || form.querySelector("[aria-invalid=true]")) return;
  const changed = fieldsOf(form).filter((field) => nameOf(field) in draft.values && draft.values[nameOf(field)] !== read(field));
  if (!changed.length) return;
  if (draft.version !== (form.dataset.version || "")) { conflict(form, draft.values, changed); return; }
  const before = Object.fromEntries(fieldsOf(form).map((field) => [nameOf(field), read(field)]));
  for (const field of changed) write(field, draft.values[nameOf(field)]);
  restored(form, before);
}

function watch(form) {
  if (form.dataset.autosaving) return;
  form.dataset.autosaving = "on";
  form.autocomplete = "off"; // else the browser's own restoring overwrites what the server has saved since
  restore(form);
  let waiting;
  const stop = () => { clearTimeout(waiting); waiting = 0; };
  form.addEventListener("input", () => { stop(); waiting = setTimeout(() => { waiting = 0; keep(form); }, 400); });
  form.addEventListener("muniment:sent", () => { stop(); sessionStorage.removeItem(keyOf(form)); });
  addEventListener("pagehide", () => { if (waiting) { stop(); keep(form); } });
}

// A plain submit may fail on its way (no network, session over, refused), so it only marks the draft as sent. The page that
// follows drops what was sent, unless it is an error or sign-in page (data-failed) or the person came back or reloaded.
const draftKeys = () => Object.keys(sessionStorage).filter((key) => key.startsWith("muniment.draft."));

function settleSent() {
  const arrived = performance.getEntriesByType("navigation")[0]?.type === "navigate" && document.body.dataset.failed === undefined;
  for (const key of draftKeys()) {
    const { sent, ...draft } = JSON.parse(sessionStorage.getItem(key));
    if (sent && arrived) sessionStorage.removeItem(key);
    else if (sent) sessionStorage.setItem(key, JSON.stringify(draft));
  }
}

settleSent();
const watchAll = () => document.querySelectorAll("form[data-autosave]").forEach(watch);
watchAll();
document.addEventListener("htmx:afterSettle", watchAll);
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form[data-autosave]");
  if (form && event.detail.successful && event.detail.requestConfig?.verb !== "get") form.dispatchEvent(new Event("muniment:sent"));
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-signs-out]")) draftKeys().forEach((key) => sessionStorage.removeItem(key));
  const kept = event.target.dataset.autosave && sessionStorage.getItem(keyOf(event.target));
  if (kept) sessionStorage.setItem(keyOf(event.target), JSON.stringify({ ...JSON.parse(kept), sent: true }));
});
