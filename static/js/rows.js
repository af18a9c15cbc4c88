// The rows of a section: added, moved and taken out by key, with ten seconds to undo. Without it rows are added by a save.
"use strict";

(() => {
  const UNDO_MILLISECONDS = 10000;
  const rowOf = (element) => element.closest?.("[data-rows] > [data-row]");
  const fields = (row) => [...row.querySelectorAll("textarea, input[type=text], input[type=date]")];
  const isFilled = (row) => fields(row).some((field) => field.value.trim());
  // What is no typing, and is saved like it.
  const changed = (row) => row.dispatchEvent(new Event("input", { bubbles: true }));

  // Another empty row: a copy of the last one, under the next number.
  function add(list) {
    const last = list.lastElementChild;
    const name = list.dataset.rows;
    const before = last.dataset.row;
    const after = String(Math.max(...[...list.children].map((row) => Number(row.dataset.row))) + 1);
    const copy = last.cloneNode(true);
    delete copy.dataset.removed;
    copy.querySelector(".removed")?.remove();
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
    copy.querySelectorAll("[type=checkbox]").forEach((box) => { box.checked = box.disabled = false; });
    copy.querySelectorAll("[aria-invalid]").forEach((part) => part.removeAttribute("aria-invalid"));
    const legend = copy.querySelector("legend");
    if (legend && !legend.classList.contains("visually-hidden")) legend.textContent = "New change";
    copy.querySelectorAll("[readonly]").forEach((field) => { field.readOnly = false; });
    last.after(copy);
    window.htmx?.process(copy);
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
    waiting.set(row, setTimeout(() => { takeOut(row); changed(row); }, UNDO_MILLISECONDS));
    undo.focus();
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
    [...waiting.keys()].filter((row) => event.target.contains(row)).forEach(takeOut);
  }, true);
  // What was refused is there again.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (![403, 409].includes(event.detail.xhr?.status)) return;
    event.detail.elt.querySelectorAll("[data-removed]").forEach((row) => { if (!waiting.has(row)) putBack(row); });
  });
  window.addEventListener("beforeunload", (event) => {
    if ([...waiting.keys()].some((row) => row.isConnected)) event.preventDefault();
  });
})();
