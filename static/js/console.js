// The console's line: it empties at once so that the next one can be typed, and gives a refused one back.
"use strict";

(() => {
  const form = document.querySelector("[data-line]");
  const line = document.getElementById("line");
  if (!form || !line) return;

  const sent = new WeakMap();
  form.addEventListener("htmx:beforeRequest", (event) => {
    sent.set(event.detail.xhr, line.value);
    line.value = "";
    line.removeAttribute("aria-invalid");
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target.id !== "line-result") return;
    const status = event.detail.xhr.status;
    if (status >= 200 && status < 400) return;
    line.setAttribute("aria-invalid", "true");
    // Whoever is typing the next line already keeps that one; the sentence below shows the refused one too.
    if (!line.value) line.value = sent.get(event.detail.xhr) || "";
    if ([409, 412, 422].includes(status)) return;
    const message = document.createElement("p");
    message.className = "line-refused";
    message.setAttribute("role", "alert");
    message.textContent = status
      ? "Not logged: the server refused it. Reload the page in another tab to see whether you are still signed in."
      : "Not logged: the server can't be reached. The line is still here: press Enter again when you are connected.";
    document.getElementById("line-result").replaceChildren(message);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "e" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select") || document.querySelector("dialog[open]")) return;
    if (localStorage.getItem("single-keys") === "off") return;
    event.preventDefault();
    line.focus();
  });
})();
