// The worksheet by keyboard: y, n and a answer the question the cursor is on, c comments it, [ and ] read the documents in turn.
const typing = (target) => target.closest?.("input, textarea, select");
const questions = () => [...document.querySelectorAll("[data-question]")];
const current = () => document.activeElement?.closest("[data-question]");
const answers = { y: "yes", n: "no", a: "na" };
let at = -1;
let answering = "";

function goTo(question) {
  if (!question) return;
  for (const one of questions()) one.tabIndex = one === question ? 0 : -1;
  question.focus();
  question.scrollIntoView({ block: "nearest" });
}

function read(step) {
  const links = [...document.querySelectorAll("[data-listed]")];
  if (!links.length) return;
  at = Math.min(Math.max(at + step, 0), links.length - 1);
  links[at].click();
}

function act(event, question) {
  if (event.key === "[" || event.key === "]") { read(event.key === "]" ? 1 : -1); return true; }
  if (!question) return false;
  const comment = question.querySelector("textarea");
  if (event.key === "c" && comment) { comment.focus(); return true; }
  const button = answers[event.key] && question.querySelector(`button[value="${answers[event.key]}"]`);
  if (!button) return false;
  button.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]:modal")) return;
  if (typing(event.target)) {
    const question = current();
    if (event.key === "Escape" && question) { event.target.blur(); goTo(question); event.preventDefault(); event.stopPropagation(); }
    if (event.key === "Enter" && !event.shiftKey && event.target.matches(".question textarea")) {
      const keep = question.querySelector("button[name=answer][aria-pressed=true]") || (question.querySelector(".error") && question.querySelector("button[name=answer]"));
      event.preventDefault();
      if (keep) keep.click();
      else goTo(question);
    }
    return;
  }
  if (document.body.dataset.keys === "off" || localStorage.getItem("muniment.letter-keys") === "off") return;
  if (act(event, current() || (answers[event.key] ? questions().find((one) => one.tabIndex === 0) : null))) { event.preventDefault(); event.stopImmediatePropagation(); }
}, true);

// A refused answer keeps the cursor in its comment; one that is kept moves it to the next question that has none, else to the next.
document.addEventListener("htmx:beforeRequest", (event) => { answering = event.detail.elt.closest?.("[data-question]")?.dataset.question || ""; });
document.addEventListener("htmx:afterSwap", (event) => {
  if (!answering || !event.detail.requestConfig?.path.endsWith("/answer")) return;
  const here = document.getElementById(`q-${answering}`);
  const submitted = event.detail.requestConfig.triggeringEvent?.type === "submit";
  answering = "";
  if (here?.querySelector(".error")) { here.querySelector("textarea").focus(); return; }
  if (!submitted || (typing(document.activeElement || document.body) && !here?.contains(document.activeElement))) return;
  const all = questions();
  const rest = all.slice(all.indexOf(here) + 1);
  const open = (one) => !("done" in one.dataset);
  goTo(rest.find(open) || all.find(open) || rest[0] || here);
});

goTo(questions().find((one) => !("done" in one.dataset)) || questions()[0]);
