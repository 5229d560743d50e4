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

// The button lies over the head, whose text stays: on paper only that is wanted.
function make_sortable(table) {
    for (const head of table.tHead.rows[0].cells) {
        const button = document.createElement("button");
        button.type = "button";
        button.title = "Sort by " + head.textContent;
        head.append(button);
        head.setAttribute("aria-sort", "none");
        button.addEventListener("click", () => head_pressed(table, head));
    }
}

// ---- A picture's points say their figures, and arrow keys go from one to the next ----

const tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("role", "status");
tip.hidden = true;

// Beside the point, and inside the window.
function show_tip(point) {
    const box = point.getBoundingClientRect();

    tip.textContent = point.getAttribute("aria-label");
    tip.hidden = false;
    const left = Math.min(box.right + 8, document.documentElement.clientWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = Math.max(8, left) + scrollX + "px";
    tip.style.top = (above > 0 ? above : box.bottom + 8) + scrollY + "px";
}

function hide_tip() {
    tip.hidden = true;
}

const arrows = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function key_pressed(event, points) {
    if (event.key === "Escape")
        hide_tip();
    if (!(event.key in arrows))
        return;
    event.preventDefault();
    const at = points.indexOf(event.currentTarget);
    const next = points[(at + arrows[event.key] + points.length) % points.length];
    event.currentTarget.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
}

// From the left to the right, whatever the order in which they are drawn.
function make_points_answer(svg) {
    const points = Array.from(svg.querySelectorAll(".point"));

    points.sort((a, b) => a.getBoundingClientRect().left - b.getBoundingClientRect().left);
    points.forEach((point, at) => {
        const title = point.querySelector("title");
        point.setAttribute("aria-label", title.textContent);
        title.remove();
        point.tabIndex = at === 0 ? 0 : -1;
        for (const event of ["pointerenter", "focus", "click"])
            point.addEventListener(event, () => show_tip(point));
        for (const event of ["pointerleave", "blur"])
            point.addEventListener(event, hide_tip);
        point.addEventListener("keydown", (event) => key_pressed(event, points));
    });
}

// ---- Figures can be saved, commands copied ----

function csv_field(text) {
    return /[",\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

function csv_of(table) {
    const line = (row) => Array.from(row.cells, (cell) => csv_field(cell.textContent)).join(",");

    return Array.from(table.rows, line).join("\r\n") + "\r\n";
}

function save(name, text) {
    const link = document.createElement("a");

    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
}

function add_button(text, before, pressed) {
    const button = document.createElement("button");

    button.type = "button";
    button.className = "small";
    button.textContent = text;
    button.addEventListener("click", () => pressed(button));
    before.before(button);
}

function make_savable(table) {
    add_button("Save as CSV", table.parentNode, () => save(table.dataset.file, csv_of(table)));
}

function make_copyable(command) {
    add_button("Copy", command, (button) => {
        navigator.clipboard.writeText(command.textContent).then(() => button.textContent = "Copied");
    });
}

document.addEventListener("DOMContentLoaded", () => {
    for (const table of document.querySelectorAll("table.sorts"))
        make_sortable(table);
    for (const svg of document.querySelectorAll("svg.points"))
        make_points_answer(svg);
    for (const table of document.querySelectorAll("table[data-file]"))
        make_savable(table);
    if (navigator.clipboard)
        for (const command of document.querySelectorAll("pre"))
            make_copyable(command);
    document.body.append(tip);
});
