// What htmx leaves to the page: a session that is over, an answer that is typed anew, focus on what went wrong.
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
const summary = document.getElementById("summary");
if (summary) summary.focus();
