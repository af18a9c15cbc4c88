// Search while typing: the arrow keys move through what was found, Enter opens it. Without this the field is a form.
"use strict";

(() => {
  const field = document.querySelector("[data-search]");
  const list = document.getElementById("search-suggestions");
  const options = () => [...(list?.querySelectorAll("[role=option]") ?? [])];

  function choose(option) {
    options().forEach((other) => other.setAttribute("aria-selected", String(other === option)));
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  }

  function show(open) {
    list.hidden = !open;
    field.setAttribute("aria-expanded", String(open && options().length > 0));
    if (!open) choose(null);
  }

  function onKey(event) {
    const choices = options();
    const at = choices.findIndex((other) => other.getAttribute("aria-selected") === "true");
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && choices.length) {
      event.preventDefault();
      show(true);
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(at < 0 ? choices.at(step > 0 ? 0 : -1) : choices[(at + step + choices.length) % choices.length]);
    } else if (event.key === "Enter" && at >= 0 && !list.hidden) {
      event.preventDefault();
      choices[at].click();
    }
  }

  if (field && list) {
    field.addEventListener("keydown", onKey);
    field.addEventListener("focus", () => { if (options().length) show(true); });
    document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target === list) show(document.activeElement === field); });
    document.addEventListener("focusin", (event) => { if (!event.target.closest("[role=search]")) show(false); });
    document.addEventListener("click", (event) => { if (!event.target.closest("[role=search]")) show(false); });
  }

  // On the page of what was found the arrow keys lead from the field through the links and back.
  const words = document.querySelector("[data-results]");
  document.addEventListener("keydown", (event) => {
    if (!words || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const stops = [words, ...document.querySelectorAll("[data-hit]")];
    const at = stops.indexOf(document.activeElement);
    const next = at < 0 ? null : stops[at + (event.key === "ArrowDown" ? 1 : -1)];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
})();
