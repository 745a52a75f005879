// Native dialogs: data-dialog="id" opens, data-close closes, a click on the backdrop closes, focus returns by itself.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog.dialog:modal")) event.target.close();
});
