// What htmx leaves to the page: a session that is over, an answer that is typed anew, a page that takes its time,
// a second click, focus on what went wrong.
"use strict";
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) document.getElementById("session").hidden = false;
});
document.addEventListener("htmx:sendError", () => {
  document.getElementById("session").hidden = false;
});
document.addEventListener("input", (event) => {
  const question = event.target.closest(".question");
  const saved = question && question.querySelector(".saved");
  if (saved && saved.firstChild && saved.firstChild.nodeType === Node.TEXT_NODE) saved.firstChild.textContent = "";
});
const busy = document.getElementById("busy");
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.getAttribute("aria-busy") === "true") event.preventDefault();
  form.setAttribute("aria-busy", "true");
  busy.hidden = false;
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-slow]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) busy.hidden = false;
});
// A page that comes back by the back button is as it was left, and shows what stood then: only what is busy ends.
window.addEventListener("pageshow", () => {
  busy.hidden = true;
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});
const summary = document.getElementById("summary");
if (summary) summary.focus();
// Passkeys: a challenge stands in the page, the browser's answer goes with the form.
const readOptions = {
  get: (text) => PublicKeyCredential.parseRequestOptionsFromJSON(JSON.parse(text).publicKey),
  create: (text) => PublicKeyCredential.parseCreationOptionsFromJSON(JSON.parse(text).publicKey),
};
function passkeyButton(selector, act, key) {
  const button = document.querySelector(selector);
  const field = document.querySelector(`input[data-${key}]`);
  if (!button || !field || !window.PublicKeyCredential || !PublicKeyCredential.parseRequestOptionsFromJSON) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const failed = field.form.querySelector("[data-passkey-failed]");
    try {
      const publicKey = readOptions[act](field.getAttribute(`data-${key}`));
      field.value = JSON.stringify(await navigator.credentials[act]({ publicKey }));
      field.form.submit();
    } catch {
      failed.hidden = false;
    }
  });
}
passkeyButton("[data-use-passkey]", "get", "passkey");
passkeyButton("[data-make-passkey]", "create", "new-passkey");
