// The timeline: a still Plotly figure of lanes and density; over it the cursor with its
// beads, under it all years. What lies under the pointer is read off the list of things.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  // As geo_astana.lanes draws it: the density over the years, both over the lanes.
  const HEAD_PX = 42;
  const DENSITY_PX = 22;
  // The least days in view, and how near in pixels a thing answers.
  const LEAST_DAYS = 14;
  const NEAR_PX = 6;
  const ZOOM = 1.6;

  /**
   * Draw the timeline.
   * @param {HTMLElement} box the element to fill
   * @param {object} options payload, lookups, figures, theme, range in days to begin
   *   with, onPick(day, moving), onRange(), onFacet(name, word)
   * @returns {Promise<object>} show, choose, setRange, range, zoom, turnTo, follow, setTheme,
   *   resize, plot, destroy
   */
  ns.mountLanes = async function (box, options) {
    const { payload, lookups } = options;
    const order = payload.lanes.map((lane) => lane[0]);
    const titles = new Map(payload.lanes.map(([lane, name]) => [lane, name]));
    const track = new Map(payload.lanes.map(([lane, , , of]) => [lane, of]));
    let theme = options.theme;
    let range = options.range;
    let day = 0;
    // Kept, because asking for it in a step would lay out the page anew.
    let width = 0;
    let height = 0;
    let drawing = null;

    const names = element("div", { class: "lane-names", role: "group", "aria-label": "Show only these lanes" });
    const density = element("div", { class: "density-name" });
    names.append(density);
    const plot = element("div", { class: "lane-plot" });
    const figure = element("div", { class: "lane-drawing", "aria-hidden": "true" });
    const cursor = element("div", { class: "cursor", "aria-hidden": "true" });
    const flag = element("span", { class: "flag" });
    const tip = element("div", { class: "tip", role: "tooltip", hidden: "" });
    cursor.append(flag);
    const words = new Map();
    const beads = new Map();
    for (const [lane, name, short, of] of payload.lanes) {
      const state = element("span", { class: "lane-state" });
      const swatch = element("span", { class: "swatch lane-swatch", "data-track": of });
      const row = element("button", { type: "button", class: "lane-name", "data-track": of, "data-lane": lane, "aria-pressed": "false", title: name }, swatch, element("span", { class: "lane-title" }, name), element("span", { class: "lane-title short" }, short), state);
      const [facet, members] = facetOf(lane, of);
      row.addEventListener("click", () => options.onFacet(facet, members));
      names.append(row);
      words.set(lane, { row, state, facet, members });
      const bead = element("span", { class: "bead", "data-mark": "lane:" + lane, "data-track": of, "data-look": "none" });
      cursor.append(bead);
      beads.set(lane, bead);
    }
    const hints = element("div", { class: "lane-hints", "aria-hidden": "true" });
    plot.append(figure, hints, cursor, tip);
    const overview = ns.mountOverview({ payload, lookups, onRange: (from, to) => setRange(from, to), onPick: (to) => options.onPick(to) });
    box.append(names, plot, element("div", { class: "overview-name" }, "All years"), overview.node);

    await draw();
    overview.resize();
    overview.setRange(...range);
    press();
    plot.addEventListener("pointerdown", onPointer);
    plot.addEventListener("pointermove", onHover);
    plot.addEventListener("pointerleave", () => (tip.hidden = true));
    box.addEventListener("wheel", onWheel, { passive: false });

    /** What a lane filters by: its track, or the zones that stand in it. */
    function facetOf(lane, of) {
      if (of !== "zone") return ["tracks", [of]];
      return ["zones", Object.keys(payload.zoneLanes).filter((zone) => payload.zoneLanes[zone] === lane)];
    }

    function layout() {
      const base = options.figures[theme].layout;
      width = Math.max(1, plot.clientWidth);
      height = Math.max(HEAD_PX + 1, plot.clientHeight);
      const [months, few] = [(range[1] - range[0]) / 30, (range[1] - range[0]) / 30 <= 30];
      const ticks = few ? ns.monthTicks(lookups, range, months) : base.xaxis;
      return {
        width,
        height,
        xaxis: { ...base.xaxis, tickvals: ticks.tickvals, ticktext: ticks.ticktext, range: [lookups.iso(range[0]), lookups.iso(range[1] + 1)] },
        yaxis: { ...base.yaxis, domain: [0, 1 - HEAD_PX / height] },
        yaxis2: { ...base.yaxis2, domain: [1 - DENSITY_PX / height, 1] },
      };
    }

    /** The figure of the theme with the points that the selection keeps. */
    function kept() {
      const whole = options.figures[theme];
      const things = payload.things.map(lookups.selection.thing);
      const data = whole.data.map(function (trace) {
        if (trace.meta.part === "density") return { ...trace, ...counted() };
        if (trace.meta.part === "words") return trace;
        const at = trace.meta.things.flatMap((thing, point) => (things[thing] ? [point] : []));
        return { ...trace, x: at.map((point) => trace.x[point]), y: at.map((point) => trace.y[point]), meta: { things: at.map((point) => trace.meta.things[point]) } };
      });
      return { data, things };
    }

    /** How many things hold at once, from each day of change, and after the record. */
    function counted() {
      const rows = payload.states.map((state) => [lookups.iso(state[0]), lookups.cards(state).filter((at) => payload.schedule.counted.includes(payload.cards[at][0])).length]);
      rows.push([lookups.iso(lookups.last + 1), rows[rows.length - 1][1]]);
      const inView = rows.filter(([day], at) => day <= lookups.iso(range[1]) && (at + 1 === rows.length || rows[at + 1][0] > lookups.iso(range[0])));
      const most = Math.max(...inView.map((row) => row[1]));
      density.replaceChildren("Held at once", element("span", {}, `most: ${most}`));
      return { x: rows.map((row) => row[0]), y: rows.map((row) => row[1]) };
    }

    /** The words that have room in the range, as one trace. */
    function named(things) {
      const colours = options.figures[theme].layout.meta;
      const placed = ns.placeWords(payload.schedule, order, things, range[0], range[1], width);
      const start = lookups.date(range[0]).getTime();
      const base = options.figures[theme].data.find((trace) => trace.meta.part === "words");
      return {
        ...base,
        x: placed.map((word) => new Date(start + Math.round(word.at * 10) * 8640000).toISOString().slice(0, 16)),
        y: placed.map((word) => order.indexOf(word.thing[0])),
        text: placed.map((word) => ns.escape(word.thing[6])),
        textposition: placed.map((word) => (word.left ? "middle left" : "middle right")),
        textfont: { ...base.textfont, color: placed.map((word) => colours[track.get(word.thing[0])]) },
      };
    }

    /** A lane with nothing in view says where its next or last thing is, and goes there. */
    function hint(things) {
      hints.replaceChildren(
        ...order.map(function (lane) {
          const members = things.filter((thing) => thing[0] === lane && thing[1] !== "plan");
          const inView = members.some((thing) => thing[4] <= range[1] && thing[5] >= range[0]);
          if (inView || !members.length) return element("span");
          const after = members.filter((thing) => thing[4] > range[1]).map((thing) => thing[4]);
          const before = members.filter((thing) => thing[5] < range[0]).map((thing) => thing[5]);
          const to = after.length ? Math.min(...after) : Math.max(...before);
          const month = ns.shortDate(lookups.date(to)).replace(/^\d+ /, "");
          const words = after.length ? `from ${month} ›` : `‹ to ${month}`;
          const link = element("span", { class: after.length ? "later" : "earlier", "data-day": to }, words);
          return element("span", {}, link);
        }),
      );
    }

    /** Draw the range; one drawing at a time, the last one wanted wins. */
    function draw() {
      if (drawing) {
        drawing.again = true;
        return drawing.done;
      }
      const mine = (drawing = { again: false });
      mine.done = (async function () {
        do {
          mine.again = false;
          const frame = layout();
          const { data, things } = kept();
          const shown = payload.things.filter((thing, at) => things[at]);
          data[data.length - 1] = named(shown);
          hint(shown);
          const config = { staticPlot: true, displayModeBar: false, showSendToCloud: false };
          await window.Plotly.react(figure, data, { ...options.figures[theme].layout, ...frame }, config);
        } while (mine.again);
        drawing = null;
      })();
      moveCursor();
      return mine.done;
    }

    /** Where a day stands across the lanes, from 0 to 1. */
    function across(at) {
      return (at - range[0] + 0.5) / (range[1] - range[0] + 1);
    }

    function dayAt(event) {
      const rect = plot.getBoundingClientRect();
      const part = Math.min(1, Math.max(0, (event.clientX - rect.left) / rect.width));
      return Math.min(range[1], range[0] + Math.floor(part * (range[1] - range[0] + 1)));
    }

    /** The kept thing under the pointer: of its lane, the nearest and the shortest. */
    function thingAt(event) {
      const rect = plot.getBoundingClientRect();
      const row = Math.floor(((event.clientY - rect.top - HEAD_PX) / (rect.height - HEAD_PX)) * order.length);
      if (event.clientY - rect.top < HEAD_PX) return null;
      const perDay = rect.width / (range[1] - range[0] + 1);
      const at = (event.clientX - rect.left) / perDay + range[0];
      let found = null;
      for (const thing of payload.things) {
        if (thing[0] !== order[row] || !lookups.selection.thing(thing)) continue;
        const away = Math.max(0, thing[4] - at, at - thing[5] - 1) * perDay;
        if (away > NEAR_PX) continue;
        const days = thing[5] - thing[4];
        if (!found || away < found.away || (away === found.away && days < found.days)) found = { thing, away, days };
      }
      return found && found.thing;
    }

    function onPointer(event) {
      if (event.button || event.target.classList.contains("slider")) return;
      if (event.pointerType === "touch") return void plot.addEventListener("click", onTap, { once: true });
      if (event.target.dataset.day) return void options.onPick(Number(event.target.dataset.day), false);
      const thing = thingAt(event);
      const from = event.clientX;
      tip.hidden = true;
      options.onPick(dayAt(event), true);
      const pick = (moved) => options.onPick(dayAt(moved), true);
      const stop = function (raised) {
        plot.removeEventListener("pointermove", pick);
        plot.removeEventListener("pointerup", stop);
        plot.removeEventListener("pointercancel", stop);
        const still = Math.abs(raised.clientX - from) < 4;
        // A click on a thing goes to one of its days, however thin it is.
        const to = still && thing ? Math.max(thing[4], Math.min(thing[5], dayAt(raised))) : dayAt(raised);
        options.onPick(to, false, still && thing ? thing[2] : "");
      };
      plot.setPointerCapture(event.pointerId);
      plot.addEventListener("pointermove", pick);
      plot.addEventListener("pointerup", stop);
      plot.addEventListener("pointercancel", stop);
    }

    /** A finger scrolls the lanes; only its tap goes to a day. */
    function onTap(event) {
      if (event.target.dataset.day) return void options.onPick(Number(event.target.dataset.day), false);
      const thing = thingAt(event);
      const at = dayAt(event);
      options.onPick(thing ? Math.max(thing[4], Math.min(thing[5], at)) : at, false, thing ? thing[2] : "");
    }

    /** Where the lanes scroll, bring the cursor to their middle. */
    function follow() {
      if (box.scrollWidth <= box.clientWidth + 1) return;
      const seen = box.clientWidth - names.clientWidth;
      box.scrollTo({ left: across(day) * width - seen / 2 });
    }

    function onHover(event) {
      const thing = event.buttons ? null : thingAt(event);
      tip.hidden = !thing;
      if (!thing) return;
      const told = payload.events[thing[2]];
      const [first, last] = [thing[4], thing[5]].map((at) => ns.shortDate(lookups.date(at)));
      const plain = thing[1] === "plan" ? `planned ${first === last ? first : `${first} – ${last}`}, not held then` : told[6];
      tip.replaceChildren(element("b", {}, told[2]), element("span", {}, plain));
      const rect = plot.getBoundingClientRect();
      tip.style.left = `${Math.max(0, Math.min(event.clientX - rect.left + 14, rect.width - tip.offsetWidth - 4))}px`;
      tip.style.top = `${Math.max(0, event.clientY - rect.top - tip.offsetHeight - 10)}px`;
    }

    /** Move the cursor and set beads and words for the first marks of a state. */
    function show(first, newDay) {
      day = newDay;
      for (const [lane, { row, state: word }] of words) {
        const mark = first.get("lane:" + lane);
        const look = mark ? mark[1] : "none";
        const bead = beads.get(lane);
        if (bead.getAttribute("data-look") !== look) bead.setAttribute("data-look", look);
        row.classList.toggle("holds", Boolean(mark));
        const text = mark ? lookups.fill(mark[3], mark[2], day) : "";
        if (word.textContent !== text) word.textContent = text;
      }
      moveCursor();
    }

    function moveCursor() {
      const part = across(day);
      // Paper has another width: there it stands by its part of it.
      cursor.style.setProperty("--part", part);
      cursor.style.transform = `translateX(${part * width}px)`;
      cursor.hidden = part < 0 || part > 1;
      flag.textContent = ns.shortDate(lookups.date(day));
      flag.classList.toggle("left", width * (1 - part) < 120);
      overview.show(day);
    }

    /** Follow a new selection: lanes pressed, things left out, words placed anew. */
    function choose() {
      press();
      overview.choose();
      return draw();
    }

    function press() {
      for (const { row, facet, members } of words.values()) {
        const on = members.every((word) => lookups.selection.has(facet, word));
        row.setAttribute("aria-pressed", String(on));
        const empty = !payload.things.some((thing) => thing[0] === row.dataset.lane && lookups.selection.thing(thing));
        row.classList.toggle("off", lookups.selection.any() && empty);
      }
    }

    function setRange(from, to) {
      const days = Math.max(LEAST_DAYS, Math.min(lookups.last, to - from));
      const first = Math.max(0, Math.min(from, lookups.last - days));
      range = [first, first + days];
      overview.setRange(...range);
      options.onRange(...range);
      return draw();
    }

    /** Zoom around a day of the view, the day shown where it is in view. */
    function zoom(factor, around) {
      const inside = day >= range[0] && day <= range[1] ? day : (range[0] + range[1]) / 2;
      const at = around === undefined ? inside : around;
      const days = (range[1] - range[0]) / factor;
      const part = (at - range[0]) / (range[1] - range[0]);
      const from = Math.round(at - part * Math.max(LEAST_DAYS, days));
      return setRange(from, Math.round(from + Math.max(LEAST_DAYS, days)));
    }

    /** Turn the page so that a day is in view, near the side that time comes from. */
    function turnTo(to) {
      if (to >= range[0] && to <= range[1]) return;
      const days = range[1] - range[0];
      const from = to > range[1] ? to - Math.round(days / 10) : to - days + Math.round(days / 10);
      setRange(from, from + days);
    }

    /** The wheel zooms where the page itself has nothing to scroll; with ctrl, always. */
    function onWheel(event) {
      const page = document.documentElement;
      const scrolls = page.scrollHeight > page.clientHeight + 1 || window.parent !== window;
      if (scrolls && !event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
      if (sideways) {
        const by = Math.round(((event.deltaX || event.deltaY) / width) * (range[1] - range[0]));
        setRange(range[0] + by, range[1] + by);
      } else zoom(event.deltaY < 0 ? 1.25 : 1 / 1.25, dayAt(event));
    }

    return {
      show,
      choose,
      setRange,
      range: () => range,
      zoomIn: () => zoom(ZOOM),
      zoomOut: () => zoom(1 / ZOOM),
      turnTo,
      follow,
      setTheme: function (name) {
        theme = name;
        return draw();
      },
      resize: function () {
        overview.resize();
        const same = plot.clientWidth === width && plot.clientHeight === height;
        return same ? null : draw();
      },
      plot,
      destroy: () => window.Plotly.purge(figure),
    };
  };
})();
