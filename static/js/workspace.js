// The workspace: people that are looked up, sections that are walked by key. Pages work without it.
"use strict";

(() => {
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]");

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

  // Where somebody writes or, while that is out of sight, what is at the top.
  function current(sections) {
    const inSight = (section) => section.getBoundingClientRect().bottom > 0 && section.getBoundingClientRect().top < innerHeight;
    const writing = sections.findIndex((section) => section.contains(document.activeElement) && inSight(section));
    return writing >= 0 ? writing : sections.findLastIndex((section) => section.getBoundingClientRect().top < 120);
  }

  function walk(step) {
    const sections = stops();
    const next = sections[Math.min(sections.length - 1, Math.max(0, current(sections) + step))];
    if (!next) return;
    next.tabIndex = -1;
    next.scrollIntoView({ block: "start" });
    next.focus({ preventScroll: true });
  }

  // The contents mark the section that is read or written.
  const contents = () => document.querySelectorAll("#toc a");
  function markCurrent() {
    const sections = stops();
    const here = sections[current(sections)];
    contents().forEach((link) => {
      if (here && link.hash === `#${here.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }
  if (contents().length) {
    let waiting = 0;
    const soon = () => {
      cancelAnimationFrame(waiting);
      waiting = requestAnimationFrame(markCurrent);
    };
    document.addEventListener("scroll", soon, { passive: true });
    document.addEventListener("focusin", soon);
    document.addEventListener("htmx:oobAfterSwap", (event) => { if (event.detail.target.id === "toc") markCurrent(); });
    markCurrent();
  }

  // What lists the missing lies over the text: it closes for whoever goes on.
  const missing = document.getElementById("missing");
  document.addEventListener("click", (event) => {
    if (missing?.open && (!missing.contains(event.target) || event.target.closest("a"))) missing.open = false;
  });
  missing?.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    missing.open = false;
    missing.querySelector("summary").focus();
  });

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
