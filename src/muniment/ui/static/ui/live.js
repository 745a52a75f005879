// What changes without a page load is said aloud; what works is shown to be busy; an ending session says so in time.
const region = document.getElementById("live");

function announce(words) {
  if (!region || !words) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = words; });
}
document.addEventListener("muniment:announce", (event) => announce(event.detail));

// A swapped part says what it has become in data-announce; without it nothing is read, so that typing is not talked over.
document.addEventListener("htmx:afterSettle", (event) => {
  const part = event.detail.elt;
  announce(part?.dataset?.announce || part?.querySelector?.("[data-announce]")?.dataset.announce);
});
for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => tell("The server could not be reached. Nothing was changed; what you typed is kept. Try again."));
}
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  const place = document.querySelector(".messages");
  if (place && responseText.trimStart().startsWith('<div class="notice')) { place.innerHTML = responseText; return; } // the server's own words
  tell(status === 403 ? "This is not open to you, or your session has ended. Nothing was changed." : "The server could not do this. Nothing was changed; what you typed is kept.");
});

function tell(words) {
  const place = document.querySelector(".messages");
  if (!place) return;
  const box = Object.assign(document.createElement("div"), { className: "notice late" });
  const inner = document.createElement("div");
  inner.append(Object.assign(document.createElement("p"), { textContent: words }));
  box.append(document.createElement("span"), inner);
  place.replaceChildren(box);
}

// A submit button is busy until the answer is here, and can't be pressed twice.
function busy(form, on) {
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
  }
}
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  if (form.dataset.sending) { event.preventDefault(); event.stopPropagation(); return; }
  form.dataset.sending = "on";
  setTimeout(() => form.dataset.sending && busy(form, true), 100);
  setTimeout(() => settled(form), 10000); // an answer that is a file leaves the page standing
}, true);
const settled = (form) => { if (form) { delete form.dataset.sending; busy(form, false); } };
document.addEventListener("htmx:afterRequest", (event) => settled(event.target.closest?.("form")));
addEventListener("pageshow", () => document.querySelectorAll("form[data-sending]").forEach(settled));

// Two minutes before an idle session ends there is a notice; staying is one press.
const seconds = Number(document.body.dataset.sessionSeconds || 0);
const keepUrl = document.body.dataset.keepUrl;
let ending;

function renew() {
  clearTimeout(ending);
  document.getElementById("session-ending")?.close();
  if (seconds > 150) ending = setTimeout(warn, (seconds - 120) * 1000);
}
function warn() {
  const dialog = document.getElementById("session-ending");
  if (!dialog || dialog.open) return;
  dialog.showModal();
  ending = setTimeout(() => { dialog.querySelector("[data-words]").textContent = "Your session has ended. What you typed is kept in this tab; sign in again to go on."; }, 118000);
}
document.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-stay]") || !keepUrl) return;
  const answer = await fetch(keepUrl, { credentials: "same-origin", redirect: "manual" }).catch(() => null);
  if (answer?.ok) renew();
  else location.reload();
});
document.addEventListener("htmx:afterRequest", renew);
renew();
