// Several people in one draft: what the others saved appears in the rows and fields that nobody is typing in here, and
// who is in which field is shown at it. What is typed here is never touched: of one field both texts are shown on its save.
"use strict";

(() => {
  const asks = document.getElementById("together");
  if (!asks) return;
  const seen = {};
  document.querySelectorAll(".section-form [name=version]").forEach((field) => { seen[field.form.id.slice(5)] = Number(field.value); });
  let here = "";

  const idOf = (row) => row.querySelector("[data-row-id]").value;
  const versionOf = (row) => Number(row.querySelector("[data-row-version]").value);
  const isBusy = (unit) => unit.dataset.save || unit.dataset.removed !== undefined || unit.querySelector("[data-conflict]");

  // Where the focus is: `changes:ACT-K7Q4M2:owner`, `root_cause::failure`.
  function place() {
    const field = document.activeElement;
    const form = field.name && field.closest(".section-form");
    if (!form) return "";
    const row = field.closest("[data-row]");
    if (!row) return `${form.id.slice(5)}::${field.name}`;
    return `${row.parentElement.dataset.rows}:${idOf(row)}:${field.name.split("-").pop()}`;
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.elt !== asks) return;
    const known = Object.entries(seen).map(([key, version]) => `${key}.${version}`);
    event.detail.formData.set("seen", known.join(","));
    event.detail.formData.set("here", here);
    event.detail.formData.set("at", place());
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.elt === asks && document.hidden) event.preventDefault();
  });
  // What was saved here is seen, unless somebody else saved in between.
  document.addEventListener("section-saved", ({ detail: { key, version } }) => {
    if (seen[key] === version - 1) seen[key] = version;
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
    if (elt !== asks || xhr.status !== 200) return;
    const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
    page.querySelectorAll("[data-section]").forEach(take);
    showOthers(page.querySelector("[data-here]"));
  });

  function take(part) {
    const form = document.getElementById(`form-${part.dataset.section}`);
    const version = Number(part.dataset.version);
    if (!form || version <= seen[part.dataset.section]) return;
    seen[part.dataset.section] = version;
    const lists = part.querySelectorAll("[data-rows]");
    lists.forEach((list) => takeRows(list, form.querySelector(`[data-rows="${list.dataset.rows}"]`), version));
    const field = form.elements.version;
    if (!lists.length && !isBusy(form) && Number(field.value) < version) {
      fill(form, part, (name) => name);
      field.value = version;
    } else if (lists.length) field.value = version;
  }

  function takeRows(theirs, mine, version) {
    const left = new Map([...mine.children].filter(idOf).map((row) => [idOf(row), row]));
    let last = null;
    [...theirs.children].filter(idOf).forEach((row) => {
      let there = left.get(idOf(row));
      left.delete(idOf(row));
      if (!there) {
        there = window.rows.renumber(document.adoptNode(row), mine);
        put(there, mine, last);
        window.rows.ready(there);
      } else {
        if (!isBusy(there) && versionOf(row) > versionOf(there)) fill(there, row, (name) => name.replace(/^(\w+)-\d+-/, `$1-${there.dataset.row}-`));
        if (there.dataset.moved === undefined && there.previousElementSibling !== last) put(there, mine, last);
      }
      last = there;
    });
    // A row that is newer than this answer is not gone.
    left.forEach((row) => { if (!isBusy(row) && versionOf(row) <= version && !row.contains(document.activeElement)) row.remove(); });
  }

  function put(row, list, last) {
    const held = row.contains(document.activeElement) && document.activeElement;
    const [start, end] = held ? [held.selectionStart, held.selectionEnd] : [];
    if (last) last.after(row);
    else list.prepend(row);
    if (!held) return;
    held.focus({ preventScroll: true });
    if (typeof start === "number") held.setSelectionRange(start, end);
  }

  // Their values under the names that the fields have here; a fold opens by hand.
  function fill(unit, theirs, named) {
    theirs.querySelectorAll("[name]").forEach((field) => {
      const name = CSS.escape(named(field.name));
      if (field.type === "radio") {
        if (field.checked) unit.querySelector(`[name="${name}"][value="${CSS.escape(field.value)}"]`).checked = true;
        return;
      }
      const mine = unit.querySelector(`[name="${name}"]`);
      if (mine && field.type !== "checkbox" && mine.value !== field.value) mine.value = field.value;
    });
    theirs.querySelectorAll(".field-note").forEach((note) => {
      const mine = document.getElementById(named(note.id));
      if (mine) mine.replaceChildren(...note.childNodes);
    });
  }

  function showOthers(list) {
    here = list.dataset.here;
    document.querySelectorAll("[data-here-too]").forEach((part) => part.removeAttribute("data-here-too"));
    const names = new Set();
    [...list.children].forEach((other) => {
      names.add(other.textContent);
      const [group, id, name] = other.dataset.at.split(":");
      const row = id && [...document.querySelectorAll(`[data-rows="${group}"] > [data-row]`)].find((one) => idOf(one) === id);
      const field = (row && row.querySelector(`[name$="-${name}"]`)) || (!id && name && document.querySelector(`#form-${group} [name="${name}"]`));
      field?.closest(".field")?.setAttribute("data-here-too", other.textContent);
    });
    document.getElementById("others").textContent = names.size ? `Also here: ${[...names].join(", ")}` : "";
  }
})();
