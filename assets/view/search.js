// The search field: a combobox over what the finder finds.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  // Rows shown at once, and how many of them may be names instead of events.
  const MOST_ROWS = 30;
  const MOST_NAMES = 5;
  const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const KINDS = { place: "Place", zone: "Zone", actor: "Actor", person: "Person" };

  /**
   * The search field with its list, a combobox.
   * @param {object} options payload, lookups, index() that promises the catalogue,
   *   onPick({day, event}) with event null for a date, day() the day shown (optional)
   * @returns {object} node, focus, close
   */
  ns.mountSearch = function (options) {
    const { payload, lookups } = options;
    const words = "Find a round, place or date";
    const input = element("input", {
      type: "text",
      class: "search-input",
      role: "combobox",
      placeholder: words,
      "aria-label": words,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": "search-list",
      "aria-keyshortcuts": "/",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      enterkeyhint: "go",
      maxlength: "200",
    });
    const list = element("div", { id: "search-list", class: "search-list", role: "listbox", tabindex: "-1", "aria-label": "Results" });
    const said = element("p", { class: "search-said" });
    const announced = element("p", { class: "search-announced", role: "status", "aria-live": "polite" });
    const panel = element("div", { class: "search-panel", hidden: "" }, said, list);
    const open = element("button", { type: "button", class: "search-open", "aria-label": "Search", "aria-expanded": "false" }, element("span", { class: "search-glass" }));
    const shut = element("button", { type: "button", class: "search-shut", "aria-label": "Close search" });
    const field = element(
      "div",
      { class: "search-field" },
      element("span", { class: "search-glass", "aria-hidden": "true" }),
      input,
      element("kbd", { class: "search-key", "aria-hidden": "true" }, "/"),
      shut
    );
    const node = element("div", { class: "search", role: "search" }, open, field, panel, announced);

    let finder = null;
    let loading = null;
    let failure = "";
    let rows = [];
    let active = -1;
    let group = null;
    let scrolled = false;

    /** Load the catalogue at the first focus; at the next one if that failed. */
    function load() {
      if (loading) return;
      failure = "";
      loading = options.index().then(
        function (index) {
          finder = ns.finder(payload, lookups, index);
          if (input.value) look();
        },
        function (error) {
          loading = null;
          failure = `The search could not be loaded: ${error.message}`;
          if (input.value) look();
        }
      );
    }

    /** Show what the text of the field finds. */
    function look() {
      group = null;
      if (!ns.words(input.value).length) return hide();
      if (!finder) return fill([], failure || "The search is loading.");
      const result = finder.find(input.value);
      const made = [];
      if (result.goTo) made.push(goToRow(result.goTo));
      const groups = result.groups.slice(0, MOST_NAMES).map(groupRow);
      // What the row of a name says of it is not said again of each of its events.
      const stated = new Set(groups.map((one) => one.why));
      const total = (result.goTo ? 1 : 0) + result.groups.length + result.found.length;
      if (!total) return fill(tries(), nothing(result));
      const room = MOST_ROWS - made.length - groups.length;
      const shown = result.found.slice(0, room).map((hit) => eventRow(hit, result.words, stated));
      made.push(...shown.slice(0, result.exact), ...groups, ...shown.slice(result.exact));
      const left = total - made.length;
      const spelling = result.mistyped ? `Nothing is spelled “${input.value.trim()}”; the nearest: ` : "";
      const more = left ? `, ${left} more not shown: type another word` : "";
      fill(made, `${spelling}${counted(total, "result")}${more}`);
    }

    function nothing(result) {
      const date = result.date;
      const off = date && lookups.day(date.first) === null && !ns.words(date.rest).length;
      if (!off) return `Nothing in the record has “${input.value.trim()}”. Try:`;
      const [first, last] = [0, lookups.last].map(inWords);
      return `${date.words} is outside the record, which runs from ${first} to ${last}. Try:`;
    }

    const inWords = (day) => ns.shortDate(lookups.date(day));

    /** The text without one of its words where that finds something, else examples. */
    function tries() {
      const typed = input.value.trim().split(/\s+/);
      const shorter = typed.length > 1 && typed.length <= MOST_NAMES ? typed.map((_, left) => typed.filter((_, at) => at !== left).join(" ")) : [];
      const useful = shorter.map((text) => [text, ns.words(text).length ? finder.find(text).found.length : 0]).filter(([, count]) => count);
      const offered = useful.length ? useful : finder.examples.map((text) => [text, 0]);
      return offered.map(([text, count]) =>
        row("try", [element("span", { class: "found-title" }, text)], count ? counted(count, "event") : "", "", () => retype(text))
      );
    }

    function retype(text) {
      input.value = text;
      look();
    }

    function goToRow(goTo) {
      const to = goTo.words === String(Number(goTo.words)) || !/^\d/.test(goTo.words) ? inWords(goTo.day) : "";
      const title = element("span", { class: "found-title" }, "Go to ", element("b", {}, goTo.words));
      return row("date", [title], to, "", () => pick(goTo.day, null));
    }

    function groupRow({ thing, name }) {
      const other = thing.names[name];
      const count = thing.events.length;
      const aside = thing.spoken[name] === ns.words(thing.label).join(" ") ? "" : finder.called(other, thing.label);
      const title = element("span", { class: "found-title" }, element("b", {}, thing.label));
      const second = `${KINDS[thing.kind]} · ${count ? counted(count, "event") : "no event of the record"}`;
      return row("name", [title], second, aside, count ? () => unfold(thing) : null);
    }

    function eventRow(hit, words, stated) {
      const [track, , title, , , , when, place] = hit.event.told;
      const second = [payload.tracks[track], when, place].filter(Boolean).join(" · ");
      const swatch = element("span", { class: "found-swatch", "data-track": track, "aria-hidden": "true" });
      const heading = element("span", { class: "found-title" }, ...marked(title, words));
      const why = finder.why(hit);
      return row("event", [swatch, heading], second, stated.has(why) ? "" : why, () => pick(hit.event.from, hit.event.id));
    }

    /** The title, its words that the query begins in bold. */
    function marked(title, begun) {
      return title.split(/([\s\-–,:()]+)/).map(function (part) {
        const folded = begun.length && /\S/.test(part) ? ns.fold(part) : "";
        return folded && begun.some((word) => folded.startsWith(word)) ? element("b", {}, part) : part;
      });
    }

    function row(kind, first, second, why, choose) {
      const node = element(
        "div",
        { class: "found", role: "option", "data-found": kind, "aria-selected": "false", "aria-disabled": choose ? null : "true" },
        ...first,
        second ? element("span", { class: "found-second" }, second) : null,
        why ? element("span", { class: "found-why" }, why) : null
      );
      return { node, kind, why, choose };
    }

    /** The events of a place, actor, zone or person, from the day shown on. */
    function unfold(thing) {
      group = thing;
      const day = options.day ? options.day() : 0;
      const hits = thing.events.map((position) => ({ position, event: finder.events[position], running: false, query: [] }));
      hits.sort((one, other) => one.event.from - other.event.from);
      const after = hits.findIndex((hit) => hit.event.from > day);
      fill(hits.map((hit) => eventRow(hit, [], new Set())), `${thing.label}: ${counted(hits.length, "event")}`);
      mark(Math.max(0, after));
      list.scrollTop = rows[active].node.offsetTop - list.clientHeight / 3;
    }

    function fill(made, message) {
      rows = made;
      active = -1;
      input.removeAttribute("aria-activedescendant");
      rows.forEach((one, at) => (one.node.id = `search-option-${at}`));
      list.replaceChildren(...rows.map((one) => one.node));
      const first = rows[byEnter()];
      if (first) first.node.dataset.enter = "true";
      said.textContent = message;
      announced.textContent = message;
      list.hidden = !rows.length;
      panel.hidden = false;
      // Setting it costs a layout.
      if (scrolled) list.scrollTop = 0;
      scrolled = false;
      input.setAttribute("aria-expanded", String(rows.length > 0));
    }

    /** What Enter takes where nothing is chosen: the first that moves the clock. */
    function byEnter() {
      const moving = rows.findIndex((one) => one.kind === "event" || one.kind === "date");
      return moving >= 0 ? moving : rows.findIndex((one) => one.choose);
    }

    function mark(at) {
      if (rows[active]) rows[active].node.setAttribute("aria-selected", "false");
      active = at;
      if (!rows[active]) return input.removeAttribute("aria-activedescendant");
      rows[active].node.setAttribute("aria-selected", "true");
      ns.reveal(rows[active].node);
      input.setAttribute("aria-activedescendant", rows[active].node.id);
    }

    function hide() {
      group = null;
      rows = [];
      active = -1;
      panel.hidden = true;
      list.replaceChildren();
      announced.textContent = "";
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    /** Close the list and, on a phone, the field. */
    function close() {
      hide();
      const within = node.classList.contains("opened") && node.contains(document.activeElement);
      node.classList.remove("opened");
      open.setAttribute("aria-expanded", "false");
      if (within) open.focus();
    }

    function focus() {
      node.classList.add("opened");
      open.setAttribute("aria-expanded", "true");
      input.focus();
      input.select();
    }

    function pick(day, event) {
      close();
      options.onPick({ day, event });
    }

    function choose(at) {
      if (rows[at] && rows[at].choose) rows[at].choose();
    }

    /** Up and Down go round, Home and End once in the list, Esc one step back. */
    function onKey(event) {
      event.stopPropagation();
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      const last = rows.length - 1;
      const moves = {
        ArrowDown: () => mark(active < last ? active + 1 : 0),
        ArrowUp: () => mark(active > 0 ? active - 1 : last),
        Home: active >= 0 && (() => mark(0)),
        End: active >= 0 && (() => mark(last)),
        Enter: () => choose(active >= 0 ? active : byEnter()),
      };
      if (event.key === "Escape") {
        event.preventDefault();
        if (group) look();
        else if (!panel.hidden) hide();
        else if (input.value) input.value = "";
        else close();
      } else if (event.key === "ArrowDown" && panel.hidden) {
        event.preventDefault();
        look();
      } else if (rows.length && moves[event.key]) {
        event.preventDefault();
        moves[event.key]();
      }
    }

    input.addEventListener("input", look);
    input.addEventListener("keydown", onKey);
    input.addEventListener("focus", load);
    input.addEventListener("click", () => panel.hidden && look());
    open.addEventListener("click", focus);
    shut.addEventListener("click", close);
    // The field keeps the focus while the list is used with a pointer.
    panel.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("scroll", () => (scrolled = true));
    list.addEventListener("click", function (event) {
      choose(rows.findIndex((one) => one.node.contains(event.target)));
    });
    node.addEventListener("focusout", function (event) {
      if (!node.contains(event.relatedTarget)) close();
    });
    return { node, focus, close };
  };
})();
