/* SPDX-License-Identifier: MIT */
/* What a page without scripts lacks: a filter, sorting, zoom and hover texts.
 * Well-formed XML: no "less than", no ampersand. */
"use strict";
(function () {
const all = (s, e) => Array.from((e || document).querySelectorAll(s));
const one = s => document.querySelector(s);
document.documentElement.classList.add("live");

/* ---- filter: rows and spans that hold every word ---- */
const filter = one("#filter"), found = one("#found");
const rows = all(".row").map(e => [e, e.textContent.toLowerCase()]);
const spans = all("#timeline rect title").map(t => [t.parentNode, t.textContent.toLowerCase()]);
function apply() {
	const words = filter.value.toLowerCase().split(/\s+/).filter(w => w);
	const has = text => words.every(w => text.includes(w));
	let n = 0;
	for (const [e, text] of rows) {
		e.hidden = !has(text);
		n += e.hidden ? 0 : 1;
	}
	for (const e of all("details.more"))
		e.open = words.length > 0;
	for (const [e, text] of spans)
		e.classList.toggle("dim", !has(text));
	found.textContent = words.length ? n + " of " + rows.length + " entries" : "";
}
one("#find").hidden = false;
filter.addEventListener("input", apply);
document.addEventListener("keydown", e => {
	if (e.key === "/" ? document.activeElement !== filter : false) {
		e.preventDefault();
		filter.focus();
	} else if (e.key === "Escape") {
		filter.value = "";
		apply();
		zoom(0, WIDE);
	}
});

/* ---- tables: sorted by the column that is clicked ---- */
for (const th of all("th")) {
	if (!th.textContent)
		continue;
	th.addEventListener("click", () => {
		const i = th.cellIndex, body = th.closest("table").tBodies[0];
		const up = th.dataset.up === "1" ? -1 : 1;
		const value = r => {
			const cell = r.cells[i], d = cell.dataset.v;
			return d === undefined ? (cell.querySelector("code") || cell).textContent : +d;
		};
		const list = Array.from(body.rows).map(r => [value(r), r]);
		th.dataset.up = up;
		list.sort((a, b) => up * (a[0] > b[0] ? 1 : b[0] > a[0] ? -1 : 0));
		body.append(...list.map(p => p[1]));
	});
}

/* ---- timeline: drag to zoom, double click to see all again ---- */
const WIDE = 100000, LEFT = 64, PICTURE = 1120;
const picture = one("#timeline"), ticks = one("#ticks");
const plots = all("#timeline .plot");
let from = 0, to = WIDE, held = null;
const total = picture ? +picture.dataset.ns : 1;
function label(ns, step) {
	if (step >= 1e9)
		return Math.round(ns / 1e9) + " s";
	const digits = unit => Math.max(0, Math.ceil(-Math.log10(step / unit) - 1e-9));
	return ns >= 1e9 ? (ns / 1e9).toFixed(digits(1e9)) + " s"
		: (ns / 1e6).toFixed(digits(1e6)) + " ms";
}
function zoom(a, b) {
	if (!picture)
		return;
	from = Math.max(0, a);
	to = Math.min(WIDE, Math.max(b, from + 20));
	for (const p of plots)
		p.setAttribute("viewBox", from + " 0 " + (to - from) + " " + p.getAttribute("viewBox").split(" ")[3]);
	const ns = (to - from) / WIDE * total, y = ticks.querySelector("text").getAttribute("y");
	let step = 1;
	for (let i = 0; ns / step > 10; i++)
		step = i % 3 === 1 ? step / 2 * 5 : step * 2;
	const start = Math.ceil(from / WIDE * total / step) * step;
	const marks = [];
	let grid = "";
	for (let at = start; to / WIDE * total >= at; at += step) {
		const t = document.createElementNS("http://www.w3.org/2000/svg", "text");
		grid += "M" + Math.round(at / total * WIDE) + " 0v" + picture.dataset.jobs + "0";
		t.setAttribute("x", LEFT + (at / total * WIDE - from) / (to - from) * (PICTURE - LEFT));
		t.setAttribute("y", y);
		t.textContent = label(at, step);
		marks.push(t);
	}
	ticks.replaceChildren(...marks);
	for (const g of all("#timeline .grid"))
		g.setAttribute("d", grid);
}
/* Where the pointer is: a time in units of the plot, and a row. */
function place(e) {
	const box = picture.getBoundingClientRect(), scale = box.width / PICTURE;
	const part = (e.clientX - box.left - LEFT * scale) / ((PICTURE - LEFT) * scale);
	return {
		at: from + Math.min(1, Math.max(0, part)) * (to - from),
		row: Math.floor((e.clientY - box.top) / scale / plots[0].getAttribute("height") * picture.dataset.jobs),
		inside: part >= 0 ? e.clientY > box.top : false,
	};
}
const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
document.body.append(tip);
function hover(e) {
	const title = e.target.querySelector ? e.target.querySelector("title") : null;
	const p = place(e), n = picture.dataset.jobs;
	tip.hidden = !p.inside;
	tip.textContent = title ? title.textContent
		: label(p.at / WIDE * total, (to - from) / WIDE * total / 1000) + (n > p.row ? " \u00b7 w" + p.row : "");
	tip.style.left = Math.min(e.clientX + 14, window.innerWidth - tip.offsetWidth - 8) + "px";
	tip.style.top = e.clientY + 16 + "px";
}
if (picture) {
	picture.classList.add("live");
	one("#hint").hidden = false;
	picture.addEventListener("pointermove", hover);
	picture.addEventListener("pointerleave", () => { tip.hidden = true; });
	picture.addEventListener("pointerdown", e => { held = place(e); });
	picture.addEventListener("dblclick", () => zoom(0, WIDE));
	window.addEventListener("pointerup", e => {
		const p = held ? place(e) : null;
		if (p ? Math.abs(p.at - held.at) > (to - from) / 100 : false)
			zoom(Math.min(p.at, held.at), Math.max(p.at, held.at));
		held = null;
	});
}
})();
