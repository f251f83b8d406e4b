// What htmx leaves to the page: a session that is over, an answer that is typed anew, a page that takes its time,
// a second click, focus on what went wrong.
"use strict";
const banners = ["session", "offline", "failed"].map((id) => document.getElementById(id));
let unsaved = null; // What could not be sent; its whole form goes with it when it is sent again.
function told(id, element) {
  unsaved = element;
  for (const one of banners) one.hidden = one.id !== id;
}
function sendAgain() {
  if (unsaved) htmx.trigger(unsaved, "change");
}
// What somebody only looks up is not saved, and is asked anew as they go on typing.
const notLookedUp = document.getElementById("not-looked-up");
function isLooked(event, failed) {
  const is = event.detail.elt.matches("[data-looks]");
  if (is) notLookedUp.hidden = !failed;
  return is;
}
document.addEventListener("htmx:responseError", (event) => {
  const { xhr, elt } = event.detail;
  if (!elt.matches("[hx-post]") || (xhr.status !== 401 && isLooked(event, true))) return;
  const token = xhr.getResponseHeader("X-Fresh-Token");
  if (xhr.status === 403 && token) {
    for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
    htmx.trigger(elt, "change");
  } else told(xhr.status === 401 ? "session" : "failed", elt);
});
document.addEventListener("htmx:sendError", (event) => {
  if (!event.detail.elt.matches("[hx-post]") || isLooked(event, true)) return;
  told("offline", event.detail.elt);
  setTimeout(sendAgain, 5000);
});
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.xhr.status < 400) isLooked(event, false);
  if (event.detail.xhr.status < 400 && event.detail.elt.matches("[hx-post]")) told("", null);
});
window.addEventListener("focus", sendAgain);
window.addEventListener("online", sendAgain);
document.addEventListener("input", (event) => {
  const question = event.target.closest(".question");
  const saved = question && question.querySelector(".saved");
  // Who types an answer knows it.
  const unknown = question && event.target.matches("input:not([type]), textarea") && question.querySelector(".unknown input");
  if (unknown && event.target.value) unknown.checked = false;
  if (saved && saved.firstChild && saved.firstChild.nodeType === Node.TEXT_NODE) saved.firstChild.textContent = "";
});
let asked = "";
document.addEventListener("focusin", (event) => {
  const question = event.target.closest(".question");
  const form = question && question.closest("form[data-range]");
  if (!form || question.id === asked) return;
  asked = question.id;
  const about = encodeURIComponent(asked.slice("q-".length));
  htmx.ajax("GET", `${form.dataset.range}?about=${about}`, { target: "#about", swap: "innerHTML" });
});
const busy = document.getElementById("busy");
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target || event.submitter?.formTarget) return;
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
