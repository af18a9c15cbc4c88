// Forms with data-autosave say whether they are saved, try again after a failure, and guard what is not saved yet.
// The form itself carries hx-post (or hx-put) and hx-trigger="input changed delay:800ms, submit".
"use strict";

(() => {
  const unsaved = new Set();
  const pending = () => [...unsaved].some((form) => form.isConnected);
  const stay = () => {};
  let leave = stay;

  function show(form, state, text) {
    form.querySelectorAll("[data-saved]").forEach((place) => {
      place.dataset.state = state;
      if (place.textContent !== text) place.textContent = text;
    });
  }

  const formOf = (event) => event.target.closest?.("form[data-autosave]");
  // As every time of the page: 24 hours, in the zone of whoever reads.
  const time = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.zone });

  document.addEventListener("input", (event) => {
    const form = formOf(event);
    if (!form) return;
    unsaved.add(form);
    form.dataset.typed = String(Number(form.dataset.typed || 0) + 1);
    show(form, "unsaved", "Not saved yet");
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const form = formOf(event);
    if (!form) return;
    form.dataset.sent = form.dataset.typed || "0";
    show(form, "saving", "Saving…");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const form = formOf(event);
    if (!form) return;
    const status = event.detail.xhr?.status || 0;
    // A refusal that is shown in the page counts as an answer, not as saved.
    const refused = status === 409 || status === 412 || status === 422;
    if (event.detail.successful && !refused) {
      if (form.dataset.sent === (form.dataset.typed || "0")) {
        unsaved.delete(form);
        show(form, "saved", `Saved ${time()}`);
        if (!pending()) leave();
      }
      return;
    }
    // Whoever wanted to leave sees what is in the way.
    leave = stay;
    if (refused) {
      show(form, "failed", "Not saved: see the text above");
    } else {
      show(form, "failed", "Not saved. Trying again…");
      setTimeout(() => { if (form.isConnected) form.requestSubmit(); }, 5000);
    }
  });

  window.addEventListener("beforeunload", (event) => {
    if (pending()) event.preventDefault();
  });

  // What was typed a moment ago is saved before a link or a button leads away.
  function saveThen(go) {
    leave = () => { leave = stay; go(); };
    unsaved.forEach((form) => { if (form.isConnected) form.requestSubmit(); });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || !pending() || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const stays = link.pathname === location.pathname && link.search === location.search;
    if (stays || link.target || link.matches("[download], [hx-get], [hx-post]") || link.origin !== location.origin) return;
    event.preventDefault();
    saveThen(() => { location.href = link.href; });
  });

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!pending() || form.matches("[data-autosave], [hx-get], [hx-post], [hx-put], [method=dialog]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    saveThen(() => form.requestSubmit(event.submitter));
  }, true);

  document.addEventListener("submit", (event) => {
    const form = formOf(event);
    if (form && !form.matches("[hx-post], [hx-put]")) unsaved.delete(form);
  });
})();
