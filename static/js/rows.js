// The rows of a section: each saved by itself; added, moved and taken out by key, with ten seconds to undo. Without it
// they are saved together, and added by a save.
"use strict";

(() => {
  const UNDO_MILLISECONDS = 10000;
  const rowOf = (element) => element.closest?.("[data-rows] > [data-row]");
  const fields = (row) => [...row.querySelectorAll("textarea, input[type=text], input[type=date]")];
  const isFilled = (row) => fields(row).some((field) => field.value.trim());
  // What is no typing, and is saved like it.
  const changed = (row) => row.dispatchEvent(new Event("input", { bubbles: true }));

  // A row under another number, that of a row of `list` or the next one.
  function renumber(row, list, number) {
    const name = list.dataset.rows;
    const before = row.dataset.row;
    const after = String(number ?? Math.max(-1, ...[...list.children].map((one) => Number(one.dataset.row))) + 1);
    row.dataset.row = after;
    row.id = `${name}-row-${after}`;
    row.querySelectorAll("[id], [name], [for], [aria-describedby]").forEach((part) => {
      for (const attribute of ["id", "name", "for", "aria-describedby"]) {
        const value = part.getAttribute(attribute);
        if (value) part.setAttribute(attribute, value.replaceAll(`${name}-${before}-`, `${name}-${after}-`));
      }
    });
    return row;
  }

  // A row saves itself, a second after it was typed in; one in which two texts meet when somebody looked it over.
  function ready(row) {
    const form = row.closest("[data-save-rows]");
    if (!form || !window.htmx) return;
    const how = { "hx-post": form.dataset.saveRows, "hx-trigger": row.querySelector("[data-conflict]") ? "save" : "input delay:800ms, save", "hx-swap": "none", "hx-sync": "this:queue last" };
    Object.entries(how).forEach(([name, value]) => row.setAttribute(name, value));
    window.htmx.process(row);
  }

  // Another empty row: a copy of the last one.
  function add(list) {
    const last = list.lastElementChild;
    const copy = renumber(last.cloneNode(true), list);
    ["removed", "save", "typed", "sent", "moved"].forEach((name) => delete copy.dataset[name]);
    copy.querySelectorAll(".removed, [data-conflict]").forEach((part) => part.remove());
    copy.querySelectorAll("textarea, input:not([type=checkbox])").forEach((field) => { field.value = ""; field.defaultValue = ""; });
    copy.classList.add("is-new");
    copy.querySelectorAll(".field-error").forEach((part) => { part.textContent = ""; });
    copy.querySelectorAll("[type=checkbox]").forEach((box) => { box.checked = box.disabled = false; });
    copy.querySelectorAll("[aria-invalid]").forEach((part) => part.removeAttribute("aria-invalid"));
    const legend = copy.querySelector("legend");
    if (legend && !legend.classList.contains("visually-hidden")) legend.textContent = "New change";
    copy.querySelectorAll("[readonly]").forEach((field) => { field.readOnly = false; });
    last.after(copy);
    ready(copy);
    return copy;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-add-row]");
    const list = button && document.querySelector(`[data-rows="${CSS.escape(button.dataset.addRow)}"]`);
    if (!list?.lastElementChild) return;
    event.preventDefault();
    fields(add(list))[0]?.focus();
  });

  // Enter goes on to the next row, and makes it after the last; Shift+Enter is a new line where a row has several.
  function next(row) {
    const after = row.nextElementSibling || (isFilled(row) ? add(row.parentElement) : row);
    fields(after)[0]?.focus();
  }

  // The other row moves around this one, which keeps the focus. The empty row stays the last.
  function move(row, up) {
    const other = up ? row.previousElementSibling : row.nextElementSibling;
    if (!other || !isFilled(row) || !isFilled(other)) return;
    if (up) row.after(other);
    else row.before(other);
    row.scrollIntoView({ block: "nearest" });
    const place = [...row.parentElement.children];
    row.dataset.moved = "";
    document.getElementById("row-place").textContent = `Row ${place.indexOf(row) + 1} of ${place.filter(isFilled).length}`;
    changed(row);
  }

  document.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    if (!row || event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const upOrDown = event.key === "ArrowUp" || event.key === "ArrowDown";
    if (event.altKey && upOrDown && !event.target.matches("select, [type=date]")) {
      event.preventDefault();
      move(row, event.key === "ArrowUp");
    } else if (event.key === "Enter" && !event.altKey && event.target.matches("input[type=text], input[type=date], [data-one-line]")) {
      event.preventDefault();
      next(row);
    }
  });

  // A row that is taken out can be put back until the save goes out: ten seconds, or whenever somebody saves.
  const waiting = new Map();

  function remove(row, box) {
    box.disabled = true;
    row.dataset.removed = "";
    const line = document.createElement("p");
    line.className = "removed";
    const text = document.createElement("s");
    text.textContent = fields(row).map((field) => field.value.trim()).find(Boolean) || "";
    const undo = document.createElement("button");
    undo.type = "button";
    undo.className = "button button-small";
    undo.textContent = "Undo";
    undo.addEventListener("click", () => putBack(row));
    line.append(text, undo);
    row.append(line);
    waiting.set(row, setTimeout(() => { takeOut(row); leave(row); }, UNDO_MILLISECONDS));
    undo.focus();
  }

  // What was never saved is gone at once; of the last row its place stays.
  function leave(row) {
    if (row.querySelector("[data-row-id]").value) changed(row);
    else {
      if (row.parentElement.children.length === 1) add(row.parentElement);
      row.remove();
    }
  }

  function takeOut(row) {
    clearTimeout(waiting.get(row));
    waiting.delete(row);
    row.querySelector(".remove input").disabled = false;
  }

  function putBack(row) {
    takeOut(row);
    row.querySelector(".remove input").checked = false;
    row.querySelector(".removed").remove();
    delete row.dataset.removed;
    fields(row)[0]?.focus();
  }

  document.addEventListener("input", (event) => {
    const row = event.target.matches(".remove input") && event.target.checked && rowOf(event.target);
    if (!row) return;
    event.stopPropagation();
    remove(row, event.target);
  }, true);
  document.addEventListener("submit", (event) => {
    [...waiting.keys()].filter((row) => event.target.contains(row)).forEach((row) => { takeOut(row); leave(row); });
  }, true);
  // What was refused is there again.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (![403, 409].includes(event.detail.xhr?.status)) return;
    const row = event.detail.elt;
    if (row.matches("[data-removed]") && !waiting.has(row)) putBack(row);
  });

  // Of the form only the row is sent, and where it goes when it was moved.
  document.addEventListener("htmx:configRequest", (event) => {
    const row = event.detail.elt;
    const list = row.matches("[data-row]") && row.parentElement;
    if (!list) return;
    const { formData } = event.detail;
    const own = `${list.dataset.rows}-${row.dataset.row}-`;
    [...formData.keys()].filter((name) => !name.startsWith(own) && name !== "csrfmiddlewaretoken").forEach((name) => formData.delete(name));
    if (row.dataset.moved === undefined) return;
    delete row.dataset.moved;
    formData.set("before", row.nextElementSibling?.querySelector("[data-row-id]").value || "");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const row = event.detail.requestConfig.elt;
    if (!row.matches("[data-row]") || !row.isConnected) return;
    row.querySelectorAll(".field-note").forEach((note) => {
      const field = row.querySelector(`[aria-describedby~="${note.id}"]`);
      // A person whom nobody is known by is kept as typed: no mistake.
      if (field && !field.matches("[data-person]")) field.toggleAttribute("aria-invalid", Boolean(note.textContent.trim()));
    });
    const conflict = row.querySelector("[data-conflict]");
    if (!conflict || event.detail.xhr.status !== 200) return;
    conflict.remove();
    ready(row);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    // Both texts stand in a row of their own, in the place of the one that was sent.
    if (event.detail.xhr?.status === 412 && event.detail.target.matches("[data-row]")) ready(document.getElementById(event.detail.target.id));
  });
  document.querySelectorAll("[data-save-rows] [data-row]").forEach(ready);
  window.rows = { renumber, ready };
  window.addEventListener("beforeunload", (event) => {
    if ([...waiting.keys()].some((row) => row.isConnected)) event.preventDefault();
  });
})();
