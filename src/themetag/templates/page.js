"use strict";
// Each header of a sortable table becomes a button; without scripts it stays a plain header.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const headers = [...table.tHead.rows[0].cells];
  const order = new Intl.Collator("en-GB", { numeric: true });
  const key = (row, i) => row.cells[i].dataset.key ?? row.cells[i].textContent.trim();
  const sort = (header, i) => {
    const rises = header.getAttribute("aria-sort") !== "ascending";
    for (const other of headers) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", rises ? "ascending" : "descending");
    const keyed = [...body.rows].map((row) => [key(row, i), row]);
    const compare = keyed.some(([a]) => isNaN(a)) ? order.compare : (a, b) => a - b;
    keyed.sort(([a], [b]) => (a === "") - (b === "") || (rises ? 1 : -1) * compare(a, b));
    body.append(...keyed.map(([, row]) => row));
  };
  headers.forEach((header, i) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    button.addEventListener("click", () => sort(header, i));
    header.append(button);
  });
}
