// The workspace: rows that are added, people that are looked up, sections that are walked by key. Pages work without it.
"use strict";

(() => {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

  // Another empty row: a copy of the last one, under the next number.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    if (!button) return;
    const list = document.querySelector(`[data-rows="${CSS.escape(button.dataset.addRow)}"]`);
    const last = list?.querySelector("[data-row]:last-of-type");
    if (!last) return;
    event.preventDefault();
    const [before, after] = [last.dataset.row, String(Number(last.dataset.row) + 1)];
    const name = button.dataset.addRow;
    const copy = last.cloneNode(true);
    copy.dataset.row = after;
    copy.id = copy.id.replace(/\d+$/, after);
    copy.querySelectorAll("[id], [name], [for], [aria-describedby]").forEach((part) => {
      for (const attribute of ["id", "name", "for", "aria-describedby"]) {
        const value = part.getAttribute(attribute);
        if (value) part.setAttribute(attribute, value.replace(`${name}-${before}-`, `${name}-${after}-`));
      }
    });
    copy.querySelectorAll("textarea, input:not([type=checkbox])").forEach((field) => { field.value = ""; field.defaultValue = ""; });
    copy.classList.add("is-new");
    copy.querySelectorAll(".field-error").forEach((part) => { part.textContent = ""; });
    copy.querySelectorAll("[type=checkbox]").forEach((box) => { box.checked = false; });
    copy.querySelectorAll("[aria-invalid]").forEach((part) => part.removeAttribute("aria-invalid"));
    const legend = copy.querySelector("legend");
    if (legend && !legend.classList.contains("visually-hidden")) legend.textContent = "New change";
    copy.querySelectorAll("[readonly]").forEach((field) => { field.readOnly = false; });
    last.after(copy);
    window.htmx?.process(copy);
    copy.querySelector("textarea")?.focus();
  });

  // People: the list offers whom the server knows for what was typed so far.
  let asked = 0;
  document.addEventListener("input", (event) => {
    const field = event.target.closest?.("[data-person]");
    const list = document.getElementById("known-people");
    if (!field || !list || field.value.length < 2 || field.value.includes("<")) return;
    const mine = ++asked;
    setTimeout(async () => {
      if (mine !== asked) return;
      const answer = await fetch(`${list.dataset.peopleUrl}?q=${encodeURIComponent(field.value)}`, { headers: { "HX-Request": "true" } });
      if (answer.ok && mine === asked) list.innerHTML = await answer.text();
    }, 200);
  });

  // Whoever plans a message says by it that there is one.
  const finish = document.getElementById("finish-form");
  finish?.addEventListener("input", (event) => {
    const listed = finish.querySelector('[name="messages"][value="list"]');
    if (event.target.name?.startsWith("message-") && event.target.value.trim() && listed) listed.checked = true;
  });
  finish?.addEventListener("change", (event) => {
    if (event.target.name === "messages" && event.target.value === "list") finish.querySelector(".messages-planned").open = true;
  });

  // What is shown once can be copied once.
  document.querySelectorAll("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const field = document.getElementById(button.dataset.copy);
      field.select();
      await navigator.clipboard.writeText(field.value);
      button.lastChild.textContent = "Copied";
      // A field that shows while it has the focus would move what is below it away from the next press.
      button.focus();
    });
  });

  const keysOn = () => localStorage.getItem("single-keys") !== "off";
  const stops = () => [...document.querySelectorAll("[data-walk] > section")];

  function walk(step) {
    const links = [...document.querySelectorAll("#toc a")];
    if (links.length) {
      const at = links.findIndex((link) => link.hasAttribute("aria-current"));
      links[at + step]?.click();
      return;
    }
    const sections = stops();
    const reached = sections.findLastIndex((section) => section.getBoundingClientRect().top < 120);
    const next = sections[Math.min(sections.length - 1, Math.max(0, reached + step))];
    if (!next) return;
    next.tabIndex = -1;
    next.scrollIntoView({ block: "start" });
    next.focus({ preventScroll: true });
  }

  const places = { d: "decision-text", c: "action-change", f: "finish" };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || !keysOn()) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "n" || event.key === "p") walk(event.key === "n" ? 1 : -1);
    else if (event.key === "x") {
      const patterns = document.getElementById("anti-patterns");
      if (!patterns || patterns.tagName !== "DETAILS") return;
      patterns.open = true;
      patterns.querySelector("input:not([type=hidden])")?.focus();
    } else if (places[event.key]) {
      const place = document.getElementById(places[event.key]);
      if (!place) return;
      event.preventDefault();
      if (typing(place)) { place.scrollIntoView({ block: "center" }); place.focus(); }
      else { place.scrollIntoView({ block: "start" }); place.querySelector("input:not([type=hidden])")?.focus(); }
    }
  });
})();
