// The drawer: everything the record knows of one event or zone, in the day's place.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  const SVG = "http://www.w3.org/2000/svg";
  const PHONE = "(max-width: 760px)";
  const STATUS = { held: "held", ended: "ended", cancelled: "cancelled", missed: "not met", partly: "met in part" };
  const HELD = ["held", "ended"];
  const FORMS = ["Text", "BibTeX", "CSL-JSON"];
  // So many rows of a list stand open; the rest on demand.
  const MOST_ROWS = 8;
  // The least width of a zone's locator, in its pixels.
  const LEAST_WINDOW = 14;
  // Letters may reach so many pixels out of their last line; a cut line is more.
  const PART_OF_LINE = 12;

  /**
   * Build the drawer, closed.
   * @param {object} options payload, lookups, details (a function that loads
   *   geo_astana.details.build, called when first opened), onOpen(id), onClose(),
   *   onStep(day), link(id) the address that opens it, onSay(text) told to the reader
   * @returns {object} node, open, close, current, show
   */
  ns.mountDrawer = function (options) {
    const { payload, lookups } = options;
    let loading = null;
    let details = null;
    let shown = null;
    let opener = null;
    let day = 0;
    // What follows the day: filled by the parts that need it.
    let followers = [];

    const backDate = element("b");
    const back = element("button", { type: "button", class: "drawer-back" }, "‹ Back to ", backDate);
    const copyLink = element("button", { type: "button", class: "drawer-copy" }, "Copy link");
    const spare = element("input", { class: "drawer-link", readonly: "", hidden: "", "aria-label": "Link to this entry" });
    const body = element("div", { class: "drawer-body" });
    const foot = element("nav", { class: "drawer-foot", "aria-label": "Before and after" });
    const node = element("aside", { class: "drawer", tabindex: "-1", hidden: "" }, element("div", { class: "drawer-bar" }, back, copyLink, spare), body, foot);
    back.addEventListener("click", () => close());
    copyLink.addEventListener("click", () => copy(options.link(shown), spare, "Link copied."));
    node.addEventListener("keydown", function (event) {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      close();
    });
    const phone = window.matchMedia(PHONE);
    let behind = [];
    phone.addEventListener("change", cover);

    /**
     * Open an event or a zone.
     * @param {string} id of payload.events or payload.zones
     * @param {{focus: boolean}} [how] whether the heading takes the focus
     * @returns {boolean} false where the record has no such id
     */
    function open(id, how) {
      if (!Object.hasOwn(payload.events, id) && !Object.hasOwn(payload.zones, id)) return false;
      if (shown === null) opener = document.activeElement;
      shown = id;
      node.hidden = false;
      spare.hidden = true;
      fill();
      cover();
      options.onOpen(id);
      body.scrollTop = 0;
      if (how && how.focus) body.querySelector("h2").focus({ preventScroll: ns.framed });
      if (!details) load();
      return true;
    }

    async function load() {
      loading = loading || options.details();
      try {
        details = await loading;
        const had = body.querySelector("h2") === document.activeElement;
        if (shown !== null) fill();
        if (shown !== null && had) body.querySelector("h2").focus({ preventScroll: true });
      } catch (error) {
        loading = null;
        const words = "The details did not load. Open the entry again to retry.";
        for (const wait of body.querySelectorAll(".drawer-wait")) wait.textContent = words;
        options.onSay(words);
      }
    }

    /** Close; the focus goes back to what opened it. */
    function close() {
      if (shown === null) return;
      const id = shown;
      const inside = node.contains(document.activeElement);
      shown = null;
      node.hidden = true;
      cover();
      options.onClose();
      if (!inside) return;
      const card = node.parentElement && node.parentElement.querySelector(`[data-event="${CSS.escape(id)}"]`);
      const target = [opener, card].find((each) => each && each.isConnected && each !== document.body);
      if (target) target.focus();
    }

    /** On a phone the drawer is the page: nothing behind it can be reached. */
    function cover() {
      for (const other of behind) other.inert = false;
      behind = [];
      if (shown === null || !phone.matches) return;
      for (let at = node; at.parentElement && at !== document.body; at = at.parentElement) {
        for (const other of at.parentElement.children) if (other !== at) behind.push(...silent(other));
      }
      for (const other of behind) other.inert = true;
    }

    /** The largest parts of an element that announce nothing and can be reached. */
    function silent(part) {
      const live = "[aria-live], [role=status]";
      if (part.inert || part.matches(live)) return [];
      return part.querySelector(live) ? [...part.children].flatMap(silent) : [part];
    }

    /** Follow the day: the way back, and which outline of a zone holds. */
    function show(to) {
      day = to;
      backDate.textContent = ns.longDate(lookups.date(day));
      for (const follow of followers) follow(day);
    }

    function fill() {
      const zone = !Object.hasOwn(payload.events, shown);
      const title = zone ? payload.zones[shown] : payload.events[shown][2];
      node.dataset.track = zone ? "zone" : payload.events[shown][0];
      node.dataset.shows = shown;
      node.setAttribute("aria-label", `Details: ${title.slice(0, 80)}`);
      followers = [];
      const tale = details && details[zone ? "zones" : "events"][shown];
      const cited = numbers();
      const parts = zone ? zoneParts(tale, cited) : eventParts(tale, cited);
      const wait = element("p", { class: "drawer-wait" }, details ? "The record tells no more of this." : "Loading …");
      const rest = tale ? [sourcesPart(cited), citePart(tale, cited)] : [wait];
      body.replaceChildren(...[heading(title, zone, tale), ...parts, ...rest].filter(Boolean));
      foot.replaceChildren(...steps(tale));
      foot.hidden = !foot.children.length;
      clampAll(body);
      show(day);
    }

    /** Numbers of the sources in the order in which they are met. */
    function numbers() {
      const met = [];
      return {
        met,
        of: function (position) {
          if (!met.includes(position)) met.push(position);
          return met.indexOf(position) + 1;
        },
      };
    }

    function heading(title, zone, tale) {
      const event = zone ? null : payload.events[shown];
      const status = tale && tale.status ? STATUS[tale.status] : "";
      const track = element("p", { class: "drawer-track" }, swatch(zone || event[1] === "zone" ? "zone" : tale && !HELD.includes(tale.status) ? "planned" : "talks"), element("span", {}, payload.tracks[zone ? "zone" : event[0]]), element("span", { class: "drawer-status" }, status));
      const head = element("header", { class: "drawer-head" }, track, clamped("h2", { tabindex: "-1", class: "drawer-title" }, title));
      if (!event) {
        if (tale) head.append(element("p", { class: "drawer-when" }, tale.when));
        return head;
      }
      head.append(element("p", { class: "drawer-when" }, event[6] || "no date on record", event[7] ? `, ${event[7]}` : ""));
      if (tale) head.append(element("p", { class: "drawer-precision" }, tale.precision));
      const step = element("button", { type: "button", class: "drawer-day" }, event[5] === event[4] ? "Go to this day" : "Go to its first day");
      step.addEventListener("click", () => options.onStep(event[4]));
      head.append(step);
      return head;
    }

    function eventParts(tale, cited) {
      if (!tale) return [];
      for (const position of tale.sources || []) cited.of(position);
      const zone = tale.zone && details.zones[tale.zone];
      return [
        zone ? zoneLocator(zone) : placePart(tale),
        section("What", null, tale.summary && clamped("p", { class: "outcome" }, tale.summary)),
        section("Who", null, ...whoParts(tale)),
        section("Outcome", null, tale.outcome && clamped("p", { class: "outcome" }, tale.outcome), tale.note && clamped("p", { class: "note" }, tale.note), element("p", { class: "note" }, `Confidence ${tale.confidence}: ${details.confidence[tale.confidence]}.`)),
        saidPart(tale, cited),
        ...(zone ? zoneLists(zone, cited) : []),
        belongsPart(tale),
      ];
    }

    function zoneParts(tale, cited) {
      if (!tale) return [];
      const own = tale.event ? [element("ul", { class: "drawer-list" }, entry(tale.event, payload.events[tale.event][6], ""))] : [];
      return [zoneLocator(tale), section("Its term", null, ...own), ...zoneLists(tale, cited)];
    }

    function section(title, count, ...children) {
      const kept = children.filter(Boolean);
      if (!kept.length) return null;
      const head = element("h3", {}, title, count ? element("span", { class: "count" }, String(count)) : null);
      return element("section", { class: "drawer-part" }, head, ...kept);
    }

    // Where.

    function placePart(tale) {
      const event = payload.events[shown];
      if (tale.place === undefined) return element("p", { class: "drawer-nowhere" }, "No single place on record.");
      const place = details.places[tale.place];
      const degrees = `${coordinate(place.lat, "N", "S")}, ${coordinate(place.lon, "E", "W")}`;
      const words = element("figcaption", {}, element("b", {}, event[7]), element("span", {}, place.country), element("span", { class: "drawer-degrees" }, degrees), element("span", {}, `known to ${place.accuracy_km} km`), place.note ? clamped("span", { class: "note" }, place.note) : null);
      const figure = element("figure", { class: "locator" }, words);
      if (!place.at) {
        words.append(element("span", {}, "off the small map"));
        return figure;
      }
      const [name, x, y] = place.at;
      const drawing = locator(name, `${event[7]}, ${place.country}, on a small map`);
      drawing.append(shape("circle", { class: "locator-halo", cx: x, cy: y, r: 9 }), shape("circle", { class: "locator-dot", cx: x, cy: y, r: 4 }));
      figure.prepend(drawing);
      return figure;
    }

    const coordinate = (value, plus, minus) => `${Math.abs(value).toFixed(2)}° ${value < 0 ? minus : plus}`;

    function locator(name, label, box) {
      const map = details.maps[name];
      const drawing = shape("svg", { viewBox: box || `0 0 ${map.size.join(" ")}`, role: "img", "aria-label": label });
      drawing.append(shape("path", { class: "locator-land", d: map.land }), shape("path", { class: "locator-syria", d: map.syria }));
      return drawing;
    }

    function shape(tag, attributes) {
      const made = document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
      return made;
    }

    // Who.

    function whoParts(tale) {
      const parts = tale.people ? [people(tale.people)] : [];
      for (const [id, roles] of tale.signed || []) {
        parts.push(element("p", { class: "drawer-signed" }, "Signed, in ", opens(id, payload.events[id][2])), people(roles));
      }
      return parts;
    }

    function people(roles) {
      const list = element("dl", { class: "people" });
      for (const [role, actors] of roles) {
        const names = actors.map(function ([name, person, note]) {
          return element("dd", {}, name, person ? element("span", { class: "person" }, person) : null, note ? element("span", { class: "note" }, note) : null);
        });
        list.append(element("dt", {}, payload.roles[role] || role), ...names);
      }
      return list;
    }

    // What sources say.

    function saidPart(tale, cited) {
      const plans = tale.plans || [];
      const claims = tale.claims || [];
      const conflicts = claims.filter((group) => group[1]);
      const others = claims.filter((group) => !group[1]);
      const parts = [];
      if (plans.length) {
        const rows = plans.map((plan) => planRow(plan, cited));
        if (HELD.includes(tale.status)) rows.push(row(swatch("talks"), element("b", {}, payload.events[shown][6]), tale.status === "held" ? "held" : "in force"));
        parts.push(element("h4", {}, "Planned and held"), element("ul", { class: "drawer-list" }, ...rows));
      }
      for (const group of conflicts) parts.push(element("h4", {}, `Sources differ on ${group[0]}`), claimList(group, cited));
      if (others.length) {
        const count = others.reduce((sum, group) => sum + group[2].length, 0);
        const open = !plans.length && !conflicts.length;
        const lists = others.flatMap((group) => [element("h4", {}, `On ${group[0]}`), claimList(group, cited)]);
        const more = element("details", { class: "drawer-more", open: open ? "" : null }, element("summary", {}, `${count} ${open ? "" : "more "}statement${count === 1 ? "" : "s"}`), ...lists);
        more.addEventListener("toggle", () => clampAll(more));
        parts.push(more);
      }
      const every = plans.length + claims.reduce((sum, group) => sum + group[2].length, 0);
      return section("What sources say", every, ...parts);
    }

    function planRow([words, verdict, position, note, published, withdrawn], cited) {
      const times = [published && `announced ${published}`, withdrawn && `withdrawn ${withdrawn}`].filter(Boolean).join(", ");
      return row(swatch(verdict === "kept" ? "kept" : "planned"), `“${words}”`, `plan, ${verdict}`, sourceName(position, cited), times, note);
    }

    function claimList([, , claims], cited) {
      const rows = claims.map(([value, verdict, position, note, other]) => row(null, value, verdict, sourceName(position, cited), other ? opens(other, `of ${payload.events[other][2]}`) : "", note));
      return element("ul", { class: "drawer-list" }, ...rows);
    }

    /** A row: swatch, words, a word at the right end, and small things under it. */
    function row(mark, words, end, ...under) {
      const small = under.filter(Boolean);
      const lines = small.map((part) => (typeof part === "string" ? clamped("span", {}, part) : part));
      return element("li", { class: mark ? "" : "bare" }, mark, clamped("span", { class: "drawer-words" }, words), element("span", { class: "drawer-end" }, end), lines.length ? element("span", { class: "drawer-under" }, ...lines) : null);
    }

    function sourceName(position, cited) {
      const csl = details.sources[position][2];
      const words = csl["container-title"] || csl.publisher || csl.title;
      return element("span", {}, external(csl.URL, words), ` [${cited.of(position)}]`);
    }

    /** A link out where the address is one, else its words. */
    function external(url, words) {
      if (!/^https?:\/\//i.test(url || "")) return element("span", {}, words);
      return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
    }

    // What it belongs to.

    function belongsPart(tale) {
      const rows = (tale.belongs || []).map(([id, tie, status]) => entry(id, [tie, !Object.hasOwn(payload.events, id) ? "" : payload.events[id][6]].filter(Boolean).join(" · "), status));
      return section("Belongs to", rows.length, rows.length && listed(rows));
    }

    function entry(id, under, end) {
      const zone = !Object.hasOwn(payload.events, id);
      const made = row(swatch(zone || payload.events[id][0] === "zone" ? "zone" : "line"), opens(id, zone ? payload.zones[id] : payload.events[id][2]), end || "", under);
      made.dataset.track = zone ? "zone" : payload.events[id][0];
      return made;
    }

    function opens(id, words) {
      const button = element("button", { type: "button", class: "drawer-opens", "data-opens": id }, words);
      button.addEventListener("click", () => open(id, { focus: true }));
      return button;
    }

    /** A list of which the first rows show, the rest on demand. */
    function listed(rows) {
      const list = element("ul", { class: "drawer-list" }, ...rows.slice(0, MOST_ROWS));
      const rest = rows.slice(MOST_ROWS);
      if (!rest.length) return list;
      const more = element("button", { type: "button", class: "drawer-all" }, `Show all ${rows.length}`);
      more.addEventListener("click", function () {
        list.append(...rest);
        more.remove();
        rest[0].querySelector("button").focus();
      });
      return element("div", {}, list, more);
    }

    // Zones.

    function zoneLists(zone, cited) {
      const statuses = zone.statuses.map(function ([status, words, from, until, id]) {
        const made = row(swatch(status.replace(" ", "-")), words, status, opens(id, payload.events[id][2]));
        followers.push((to) => current(made, holds(from, until, to)));
        return made;
      });
      const events = (zone.events || []).map((id) => entry(id, payload.events[id][6], ""));
      const posts = (zone.posts || []).map((id) => entry(id, payload.events[id][6], ""));
      return [
        section("Outlines", zone.outlines.length, outlineTable(zone, cited), zone.note ? element("p", { class: "note" }, zone.note) : null),
        section("Status", null, element("ul", { class: "drawer-list" }, ...statuses)),
        section("Events in it", events.length, events.length && listed(events)),
        section("Observation posts", posts.length, posts.length && listed(posts)),
      ];
    }

    function zoneLocator(zone) {
      const map = details.maps.syria;
      const every = zone.outlines.map((outline) => outline[9]).join("");
      const numbers = every.match(/-?[\d.]+/g).map(Number);
      const x = numbers.filter((value, at) => at % 2 === 0);
      const y = numbers.filter((value, at) => at % 2 === 1);
      const [left, right, top, bottom] = [Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)];
      const wide = Math.max((right - left) * 2, (bottom - top) * 2, LEAST_WINDOW);
      const high = (wide * map.size[1]) / map.size[0];
      const box = [(left + right - wide) / 2, (top + bottom - high) / 2, wide, high].map((value) => value.toFixed(1)).join(" ");
      const drawing = locator("syria", `The outlines of ${payload.zones[shown] || payload.events[shown][2]} on a small map`, box);
      const caption = element("figcaption", {});
      for (const outline of zone.outlines) {
        const path = shape("path", { class: "locator-outline", d: outline[9] });
        drawing.append(path);
        followers.push(function (to) {
          const now = holds(outline[3], outline[4], to);
          path.classList.toggle("now", now);
          if (now) drawing.append(path);
        });
      }
      followers.push(function (to) {
        const now = zone.outlines.find((outline) => holds(outline[3], outline[4], to));
        caption.replaceChildren(element("b", {}, now ? "Outline of the day" : "No outline on this day"), now ? element("span", {}, `${area(now[5])} km²`) : "", element("span", {}, "dotted: its other outlines"));
      });
      return element("figure", { class: "locator" }, drawing, caption);
    }

    const holds = (from, until, to) => from <= to && (until === null || to <= until);

    function current(made, is) {
      if (is) made.setAttribute("aria-current", "true");
      else made.removeAttribute("aria-current");
    }

    const area = (km2) => km2.toLocaleString("en-GB");

    function outlineTable(zone, cited) {
      const rows = zone.outlines.flatMap(function ([version, title, words, from, until, km2, error, note, sources]) {
        const names = sources.flatMap((position, at) => (at ? [", ", sourceName(position, cited)] : [sourceName(position, cited)]));
        const name = element("th", { scope: "row" }, clamped("b", {}, title), element("span", {}, words));
        const said = element("td", { colspan: "3" }, note ? clamped("span", {}, note) : null, `${version}: `, ...names);
        const made = [element("tr", {}, name, element("td", {}, area(km2)), element("td", {}, String(error))), element("tr", { class: "note" }, said)];
        followers.push((to) => made.forEach((line) => current(line, holds(from, until, to))));
        return made;
      });
      const heads = [["Outline, valid"], ["Area", "km²"], ["Error", "± km"]].map(([word, unit]) => element("th", { scope: "col" }, word, unit ? element("span", {}, unit) : null));
      return element("table", { class: "drawer-table" }, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows));
    }

    // Sources and citation.

    function sourcesPart(cited) {
      const items = cited.met.map(function (position) {
        const [words, , csl] = details.sources[position];
        const url = csl.URL || "";
        const at = url ? words.lastIndexOf(url) : -1;
        if (at < 0) return element("li", {}, words);
        return element("li", {}, words.slice(0, at), external(url, host(url)));
      });
      return section("Sources", items.length, items.length && element("ol", { class: "drawer-sources" }, ...items));
    }

    function host(url) {
      try {
        return new URL(url).hostname.replace(/^www\./, "") || url;
      } catch (error) {
        return url;
      }
    }

    function citePart(tale, cited) {
      const area = element("textarea", { class: "drawer-citation", readonly: "", rows: "9", spellcheck: "false" });
      const every = element("input", { type: "checkbox" });
      const copied = element("button", { type: "button", class: "drawer-button" }, "Copy");
      const out = element("div", { class: "drawer-cited", hidden: "" }, area, element("label", {}, every, ` with its ${cited.met.length} source${cited.met.length === 1 ? "" : "s"}`), copied);
      let form = null;
      const buttons = FORMS.map(function (name, position) {
        const button = element("button", { type: "button", class: "drawer-button", "aria-pressed": "false" }, name);
        button.addEventListener("click", function () {
          form = form === position ? null : position;
          write();
        });
        return button;
      });
      every.addEventListener("change", write);
      copied.addEventListener("click", () => copy(area.value, area, `Citation copied as ${FORMS[form]}.`));

      function write() {
        buttons.forEach((button, position) => button.setAttribute("aria-pressed", String(position === form)));
        out.hidden = form === null;
        if (form === null) return;
        area.setAttribute("aria-label", `Citation as ${FORMS[form]}`);
        area.value = citation(form, tale.cite, every.checked ? cited.met.map((position) => details.sources[position]) : []);
      }
      return section("Cite this", null, element("div", { class: "drawer-buttons", role: "group", "aria-label": "Citation" }, ...buttons), out);
    }

    function citation(form, own, sources) {
      const link = options.link(shown);
      const now = new Date();
      const today = new Date(now.getTime() - now.getTimezoneOffset() * 60000);
      const iso = today.toISOString().slice(0, 10);
      if (form === 2) {
        const mine = { ...own[2], URL: link, accessed: { raw: iso } };
        return JSON.stringify([mine, ...sources.map((source) => source[2])], null, 2);
      }
      const mine = filled(filled(own[form], "{today}", form === 0 ? ns.longDate(today) : iso), "{link}", link);
      return [mine, ...sources.map((source) => source[form])].join(form === 0 ? "\n" : "\n\n");
    }

    /** The last placeholder filled in: an earlier one is part of a title. */
    function filled(words, placeholder, value) {
      const at = words.lastIndexOf(placeholder);
      return at < 0 ? words : words.slice(0, at) + value + words.slice(at + placeholder.length);
    }

    /** Copy words; where the clipboard is closed to us, select them in `field`. */
    async function copy(words, field, done) {
      try {
        await navigator.clipboard.writeText(words);
        options.onSay(done);
      } catch (error) {
        field.hidden = false;
        field.value = words;
        field.focus();
        field.select();
        options.onSay("Selected: press Ctrl+C or ⌘C to copy.");
      }
    }

    // Before and after.

    function steps(tale) {
      const ends = tale && tale.near ? tale.near : [];
      return ends.map(function (id, after) {
        if (!id) return element("span", {});
        const event = payload.events[id];
        const status = details.events[id].status;
        const off = HELD.includes(status) ? "" : ` · ${STATUS[status]}`;
        const button = element("button", { type: "button", class: after ? "after" : "before", "data-opens": id }, element("b", {}, after ? `${event[2]} ›` : `‹ ${event[2]}`), element("span", {}, event[6] + off));
        button.addEventListener("click", () => open(id, { focus: true }));
        return button;
      });
    }

    // Long words.

    /** An element that is cut after some lines, with a button to show all of it. */
    function clamped(tag, attributes, ...children) {
      return element(tag, { ...attributes, "data-clamp": "" }, ...children);
    }

    /** Mend what is cut in `part`; what is not on the screen has no size and waits. */
    function clampAll(part) {
      const long = [...part.querySelectorAll("[data-clamp]")].filter((each) => each.scrollHeight > each.clientHeight + PART_OF_LINE);
      for (const each of long.filter((one) => !one.nextSibling || one.nextSibling.className !== "drawer-all")) {
        const more = element("button", { type: "button", class: "drawer-all" }, "Show all");
        more.addEventListener("click", function () {
          each.removeAttribute("data-clamp");
          more.remove();
        });
        each.after(more);
      }
    }

    const swatch = (kind) => element("span", { class: "drawer-swatch", "data-kind": kind, "aria-hidden": "true" });

    return { node, open, close, current: () => shown, show };
  };
})();
