// report.js - what report.html does when it is touched. Without it the page is whole.
"use strict";

// ---- Tables sort by a click on a column's head, or by its key ----

// What is not known is last in either direction.
function unknown(cell) {
    return cell.textContent === "-" || cell.textContent === "";
}

function compare_cells(a, b) {
    if ("key" in a.dataset && "key" in b.dataset)
        return a.dataset.key - b.dataset.key;
    return a.textContent.localeCompare(b.textContent, "en", { numeric: true });
}

function sort_table(table, column, descending) {
    const body = table.tBodies[0];
    const rows = Array.from(body.rows);
    const cell = (row) => row.cells[column];

    rows.sort((a, b) => {
        const last = unknown(cell(a)) - unknown(cell(b));
        const order = compare_cells(cell(a), cell(b));
        return last !== 0 ? last : descending ? -order : order;
    });
    body.append(...rows);
}

function head_pressed(table, head) {
    const descending = head.getAttribute("aria-sort") === "ascending";

    for (const other of head.parentNode.cells)
        other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    sort_table(table, head.cellIndex, descending);
}

function make_sortable(table) {
    for (const head of table.tHead.rows[0].cells) {
        const button = document.createElement("button");
        button.type = "button";
        button.title = "Sort by this column";
        button.textContent = head.textContent || "front";
        head.replaceChildren(button);
        head.setAttribute("aria-sort", "none");
        button.addEventListener("click", () => head_pressed(table, head));
    }
}

document.addEventListener("DOMContentLoaded", () => {
    for (const table of document.querySelectorAll("table.sorts"))
        make_sortable(table);
});
