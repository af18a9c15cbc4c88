// Forms with data-autosave say whether they are saved, try again after a failure, and guard what is not saved yet.
// What is saved by itself is a form, which carries hx-post (or hx-put) and hx-trigger="input delay:800ms, submit", or a
// row of one with data-save-rows (rows.js). The state of each is in its data-save: unsaved, saving or failed.
"use strict";

(() => {
  const unsaved = new Set();
  const connected = () => {
    unsaved.forEach((unit) => { if (!unit.isConnected) unsaved.delete(unit); });
    return [...unsaved];
  };
  const pending = () => connected().length > 0;
  const stay = () => {};
  let leave = stay;

  const formOf = (element) => element?.closest?.("form[data-autosave]");
  const unitOf = (element) => element?.closest?.("[data-save-rows] [data-rows] > [data-row], form[data-autosave]:not([data-save-rows])");
  // As every time of the page: 24 hours, in the zone of whoever reads.
  const time = () => new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: document.documentElement.dataset.zone });

  function say(places, state, text) {
    places.forEach((place) => {
      place.hidden = false;
      place.dataset.state = state;
      if (place.textContent !== text) place.textContent = text;
    });
  }

  // What the units say together: the worst of them.
  function describe(units, saved) {
    const having = (state) => units.filter((unit) => unit.dataset.save === state).length;
    const problems = having("failed");
    if (problems) return ["failed", `Not saved: fix ${problems} problem${problems > 1 ? "s" : ""}`];
    if (having("again")) return ["failed", "Not saved. Trying again…"];
    if (having("saving")) return ["saving", "Saving…"];
    return units.length ? ["unsaved", "Not saved yet"] : ["saved", saved];
  }

  function show(form) {
    const units = connected();
    say(form.querySelectorAll("[data-saved]"), ...describe(units.filter((unit) => formOf(unit) === form), `Saved ${time()}`));
    say(document.querySelectorAll("[data-saved-all]"), ...describe(units, "Saved"));
  }

  function mark(unit, state) {
    if (state) unsaved.add(unit);
    else unsaved.delete(unit);
    if (state) unit.dataset.save = state;
    else delete unit.dataset.save;
    const form = formOf(unit);
    if (form) show(form);
  }

  document.addEventListener("input", (event) => {
    const unit = unitOf(event.target);
    if (!unit) return;
    unit.dataset.typed = String(Number(unit.dataset.typed || 0) + 1);
    mark(unit, "unsaved");
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    const unit = unitOf(event.detail.elt);
    if (!unit || unit !== event.detail.elt) return;
    unit.dataset.sent = unit.dataset.typed || "0";
    mark(unit, "saving");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    // What is not in the page any more hears nothing: its list does.
    const sent = event.detail.requestConfig.elt;
    if (!sent.matches?.("form[data-autosave], [data-row]")) return;
    // A refusal that shows both texts has put another in its place.
    const unit = sent.isConnected ? sent : document.getElementById(sent.id);
    if (!unit) {
      const form = event.target.closest?.("form[data-autosave]");
      unsaved.delete(sent);
      if (form) show(form);
      return;
    }
    const status = event.detail.xhr?.status || 0;
    // A refusal that is shown in the page counts as an answer, not as saved.
    const refused = status === 409 || status === 412 || status === 422;
    if (event.detail.successful && !refused) {
      if (unit.dataset.sent === (unit.dataset.typed || "0")) {
        mark(unit, "");
        if (!pending()) leave();
      } else mark(unit, "unsaved");
      return;
    }
    // Whoever wanted to leave sees what is in the way.
    leave = stay;
    mark(unit, refused ? "failed" : "again");
    if (!refused) setTimeout(() => { if (unit.isConnected && unit.dataset.save === "again") save(unit); }, 5000);
  });

  window.addEventListener("beforeunload", (event) => {
    if (pending()) event.preventDefault();
  });

  const save = (unit) => (unit.matches("form") ? unit.requestSubmit() : window.htmx.trigger(unit, "save"));

  // What was typed a moment ago is saved before a link or a button leads away.
  function saveThen(go) {
    leave = () => { leave = stay; go(); };
    connected().forEach(save);
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
    if (form.matches("[data-save-rows]")) {
      event.preventDefault();
      connected().filter((unit) => formOf(unit) === form).forEach(save);
      return;
    }
    if (!pending() || form.matches("[data-autosave], [hx-get], [hx-post], [hx-put], [method=dialog]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    saveThen(() => form.requestSubmit(event.submitter));
  }, true);

  document.addEventListener("submit", (event) => {
    const form = formOf(event.target);
    if (form && !form.matches("[hx-post], [hx-put], [data-save-rows]")) unsaved.delete(form);
  });

  say(document.querySelectorAll("[data-saved-all]"), "saved", "Saved");
})();
