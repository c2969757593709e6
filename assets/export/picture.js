// A picture of one day, laid out for its size: the maps, looks and lookups of the view.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  const SVG = "http://www.w3.org/2000/svg";
  const SUBPLOTS = { region: "geo", syria: "geo2" };
  // Rows of the strip: a title, the track of its colour, the lanes that it draws.
  const ROWS = [
    ["Astana", "astana", ["astana"]],
    ["Geneva", "geneva", ["geneva"]],
    ["Other talks", "summits", ["committee", "sochi", "summits", "council"]],
    ["Ceasefires", "ceasefire", ["ceasefires"]],
    ["Zones", "zone", ["south", "east-ghouta", "north-homs", "idlib", "strip"]],
  ];
  const ROW_PX = 14;
  const STRIP_HEAD_PX = 20;
  const STRIP_NAMES_PX = 96;
  const YEAR_PX = 46;
  // Forms of the strip's things: least width, height, opacity of the fill.
  const FORMS = { bar: [4, 9, 1], pale: [4, 9, 0.45], diamond: [4, 9, 1], tick: [2, 9, 1], band: [2, 10, 0.28], thin: [2, 4, 0.7] };
  // The aspects between which the base map reaches the edges of a map; see geo_astana.frame.
  const REACH = { region: [0.92, 2.4], syria: [0.56, 3] };
  // The maps stand side by side from this aspect of their box on. Above each other, the
  // region has this aspect where it can.
  const BESIDE_ASPECT = 1.33;
  const REGION_ASPECT = 2.1;
  // On a narrower map of Syria the callouts are set smaller.
  const NARROW_PX = 345;
  // Of the legend, what says least first.
  const SPARE = ["venue", "talks", "post", "planned", "lapsed", "in-force", "agreed", "contested"];
  // Words of the maps by what gives way last; those of one mark stand or go together.
  const STAYING = ["call", "state", "name", "detail", "label", "country"];
  // Least height of a picture with a strip, and with a legend.
  const STRIP_FROM_PX = 430;
  const LEGEND_FROM_PX = 300;

  // Where its type cannot be smaller, the head is so many times as high.
  const HEAD_GROWTH = [1, 1.4, 1.8, 2.3, 2.8];
  const SENTENCE_FITS = [1, 0.92, 0.84, 0.77, 0.7];
  const CARD_FITS = [2.2, 1.95, 1.7, 1.5, 1.35, 1.2, 1.1, 1, 0.92, 0.84, 0.77, 0.7, 0.6];
  // So many lines the legend has at most.
  const LEGEND_LINES = 4;

  // What XML cannot hold, however it is written.
  const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

  const data = (name) => JSON.parse(document.getElementById(name).textContent);
  let payload = null;
  let settings = null;
  let lookups = null;
  let links = null;
  let figures = null;
  let told = null;
  // What is mounted: the maps or lanes of the last picture, and for what.
  let stage = null;

  /** Load everything a picture is made of. */
  async function begin() {
    window.PlotlyGeoAssets = { topojson: { world_110m: data("basemap/world_110m.json"), world_50m: data("basemap/world_50m.json") } };
    payload = data("payload.json");
    told = data("cards.json");
    settings = data("view.json");
    const both = (name) => ({ light: data(`${name}-light.json`), dark: data(`${name}-dark.json`) });
    figures = { maps: both("maps"), lanes: both("lanes") };
    lookups = ns.lookups(payload);
    links = ns.links(payload, lookups);
    await Promise.all([...document.fonts].map((face) => face.load()));
  }

  /**
   * Show a picture.
   * @param {object} wanted kind, width, height, query of the link, background, sources
   *   (short, most important first), credit, link, filter in words, sentence in place
   *   of that of the day, map for kind card
   * @returns {Promise<object>} what could not be shown: sources left out, text cut
   */
  async function show(wanted) {
    for (const sheet of document.querySelectorAll("body > .sheet")) sheet.remove();
    const { values } = links.read(wanted.query);
    const theme = values.theme || "light";
    const day = lookups.day(values.date || payload.opens);
    lookups.choose(values);
    const key = JSON.stringify([wanted.kind, wanted.map, wanted.width, wanted.height, theme, values.region, values.syria]);
    if (!stage || stage.key !== key) stage = await mount(key, wanted, theme, values);
    const state = lookups.state(day);
    const first = lookups.first(state);
    stage.root.dataset.background = wanted.background;
    await stage.show(first, day, values);
    const fitted = { cut: [] };
    fill(stage.parts, wanted, state, first, day, values, fitted);
    if (stage.parts.maps) await name(stage.parts, wanted, first, day, fitted);
    if (stage.parts.lanes) {
      await stage.resize();
      thin(stage.parts.lanes);
    }
    for (const node of stage.root.querySelectorAll("h1, h2, p, span")) {
      if (node.scrollWidth > node.clientWidth + 1 && getComputedStyle(node).display !== "inline") fitted.cut.push(node.textContent);
    }
    return fitted;
  }

  /** Lay out one kind at one size. */
  async function mount(key, wanted, theme, values) {
    if (stage) stage.destroy();
    const { kind, width, height } = wanted;
    const alone = kind === "card" ? wanted.map : kind;
    const only = SUBPLOTS[alone];
    const root = element("div", { class: "picture geo-astana", "data-kind": kind, "data-theme": theme, style: `width: ${width}px; height: ${height}px` });
    root.classList.toggle("tall", width / height < 1.15);
    root.style.setProperty("--unit", Math.sqrt(width * height) / 840);
    document.body.replaceChildren(root);
    document.body.dataset.theme = theme;
    const parts = {};
    const add = (name, node) => root.append((parts[name] = node));
    if (kind === "slide" || kind === "timeline") add("head", element("header", {}, element("h1", {}), element("p", { class: "sentence" })));
    const shows = [];
    let purge = () => {};
    let drawn = () => null;
    let resize = () => null;
    if (kind === "card") add("card", element("section", { class: "event" }));
    if (kind !== "timeline" && (kind !== "card" || only)) {
      const box = element("div", { class: "maps-plot" });
      parts.maps = element("section", { class: "maps" }, box);
      if (kind === "card") root.append(element("div", { class: "beside-map" }, parts.card, parts.maps));
      else root.append(parts.maps);
      if (kind !== "card" && height >= LEGEND_FROM_PX) add("legend", element("section", { class: "legend" }));
      if ((kind === "slide" || kind === "stage") && height >= STRIP_FROM_PX) add("strip", element("section", { class: "strip" }));
      add("foot", foot());
      parts.titles = titles(parts.maps, alone);
      const maps = await ns.mountMaps(box, {
        payload,
        settings,
        lookups,
        theme,
        figures: only ? ns.onlyOf(figures.maps, only) : figures.maps,
        topojsonURL: "",
        frames: Object.fromEntries(Object.entries(SUBPLOTS).flatMap(([name, of]) => (values[name] ? [[of, values[name]]] : []))),
        domains: only ? () => ({ [only]: [[0, 1], [0, 1]] }) : (wide, high) => arrange(parts.maps, wide, high),
        onMove: () => {},
      });
      shows.push((first, day) => maps.show(first, day));
      purge = maps.destroy;
      drawn = maps.drawn;
      resize = maps.resize;
    } else if (kind === "timeline") {
      const box = element("section", { class: "lanes" });
      add("lanes", box);
      add("foot", foot());
      const lanes = await ns.mountLanes(box, { payload, lookups, theme, figures: level(figures.lanes), range: rangeOf(values).map(lookups.day), onPick: () => {}, onRange: () => {}, onFacet: () => {} });
      shows.push(async function (first, day, now) {
        await lanes.choose();
        await lanes.setRange(...rangeOf(now).map(lookups.day));
        lanes.show(first, day);
      });
      box.querySelector(".cursor").append(element("span", { class: "cursor-knob" }));
      purge = lanes.destroy;
      resize = lanes.resize;
    } else add("foot", foot());
    return {
      key,
      root,
      parts,
      only: only ? alone : "",
      drawn,
      resize,
      show: (...now) => Promise.all(shows.map((act) => act(...now))),
      destroy: function () {
        purge();
        root.remove();
      },
    };
  }

  const foot = () => element("footer", {}, element("p", { class: "picture-sources" }), element("p", { class: "picture-credit" }, element("span"), element("span")));

  function titles(area, kind) {
    const made = { region: element("h2", { class: "map-title first" }), syria: element("h2", { class: kind === "syria" ? "map-title first" : "map-title second" }) };
    if (kind !== "syria") area.append(made.region);
    if (kind !== "region") area.append(made.syria);
    return made;
  }

  /** Both maps beside or above each other, as each has the better shape. */
  function arrange(area, width, height) {
    const aspect = width / height;
    const [least, most] = REACH.region;
    const beside = aspect >= BESIDE_ASPECT;
    const split = 1 - Math.max(Math.min(0.5, aspect / REGION_ASPECT), aspect / most);
    const [, usual] = settings.shares.find(([from]) => width >= from);
    const share = Math.min(Math.max(usual, least / aspect), most / aspect);
    area.classList.toggle("narrow", width * (beside ? 1 - share : 1) < NARROW_PX);
    return ns.placed(area, beside, share, split);
  }

  /** Keep one map to the aspects it has, in the middle of its place. */
  function bound(area, name) {
    area.style.maxWidth = area.style.maxHeight = "";
    const [least, most] = REACH[name];
    const { clientWidth: width, clientHeight: height } = area;
    if (width / height > most) area.style.maxWidth = `${most * height}px`;
    if (width / height < least) area.style.maxHeight = `${width / least}px`;
  }

  /** Figures whose years are never turned. */
  function level(both) {
    const one = (figure) => ({ data: figure.data, layout: { ...figure.layout, xaxis: { ...figure.layout.xaxis, tickangle: 0 } } });
    return Object.fromEntries(Object.entries(both).map(([theme, figure]) => [theme, one(figure)]));
  }

  /** Leave out years of a timeline, each second or third, until no two meet. */
  function thin(box) {
    const years = [...box.querySelectorAll(".xtick text")].sort((one, other) => one.getBoundingClientRect().left - other.getBoundingClientRect().left);
    const meet = (shown) => shown.slice(1).some((year, at) => year.getBoundingClientRect().left < shown[at].getBoundingClientRect().right + 4);
    let every = 1;
    const kept = (_, at) => at % every === 0;
    while (every < years.length && meet(years.filter(kept))) every += 1;
    years.forEach((year, at) => year.classList.toggle("no-room", !kept(year, at)));
  }

  /** The years of the strip or the timeline; a day outside the usual ones is among all. */
  function rangeOf(values) {
    const [from, to] = payload.range;
    const at = values.date || payload.opens;
    return values.range || (at < from || at > to ? payload.record : payload.range);
  }

  function fill(parts, wanted, state, first, day, values, fitted) {
    const date = lookups.date(day);
    // First, as it takes from the rest the lines that it needs.
    const [sources, credit] = parts.foot.children;
    fillCredit(credit, wanted.credit.join(" · "), wanted.link.replace(/^https?:\/\//, ""));
    fitted.sources = fillSources(sources, wanted.sources, wanted.filter);
    const clauses = lookups.cards(state).map((position) => payload.cards[position][4]).filter(Boolean);
    if (parts.head) {
      const [title, sentence] = parts.head.children;
      title.replaceChildren(element("b", {}, ns.dayMonth(date)), ` ${date.getUTCFullYear()}`);
      sentence.textContent = wanted.sentence || lookups.sentence(clauses);
      const grown = HEAD_GROWTH.some(function (growth) {
        parts.head.style.setProperty("--growth", growth);
        return fits(sentence, SENTENCE_FITS);
      });
      if (!grown) fitted.cut.push(sentence.textContent);
    }
    if (parts.titles) {
      const dated = wanted.kind === "slide" || wanted.kind === "stage" ? "" : `, ${ns.longDate(date)}`;
      parts.titles.region.textContent = `Where they talk${dated}`;
      parts.titles.syria.textContent = `What it covers${dated}`;
    }
    if (parts.card) {
      parts.card.dataset.track = payload.events[values.event][0];
      parts.card.replaceChildren(...card(values.event));
      if (!fits(parts.card, CARD_FITS)) fitted.cut.push(parts.card.textContent);
    }
    if (parts.strip) parts.strip.replaceChildren(...strip(parts.strip, values, first, day));
  }

  /** Words on the maps and in the legend, which takes the lines that it needs. */
  async function name(parts, wanted, first, day, fitted) {
    for (let lines = 1; lines <= (parts.legend ? LEGEND_LINES : 1); lines += 1) {
      if (parts.legend) parts.legend.style.setProperty("--lines", lines);
      if (stage.only) bound(parts.maps, stage.only);
      await stage.resize();
      const moved = makeRoom(parts.maps).filter((key) => first.has(key));
      if (!parts.legend) return;
      const { shown, unwritten } = stage.drawn();
      const away = [...unwritten.map((place) => `at:${place}`), ...moved];
      parts.legend.replaceChildren(...legend(first, day, wanted.filter, { shown, away }));
      if (shorten(parts.legend)) return;
    }
    fitted.cut.push(parts.legend.textContent);
  }

  /** One event: what, when, where, what came of it, who was there. */
  function card(id) {
    const [track, kind, title, , , , when, place] = payload.events[id];
    const [outcome, note, people] = told.events[id];
    const who = people.flatMap(([role, names]) => [element("dt", {}, payload.roles[role] || role), element("dd", {}, names)]);
    return [
      element("p", { class: "event-kind", "data-track": track }, `${payload.tracks[track]} · ${payload.kinds[kind] || kind}`),
      element("h1", {}, title),
      element("p", { class: "event-when" }, [when, place].filter(Boolean).join(" · ")),
      element("p", { class: "event-outcome" }, outcome),
      note ? element("p", { class: "event-note" }, note) : null,
      who.length ? element("dl", {}, ...who) : null,
    ].filter(Boolean);
  }

  /** Make type smaller until the text has room in its box; whether it has. */
  function fits(node, sizes) {
    return sizes.some(function (size) {
      node.style.setProperty("--fit", size);
      return node.scrollHeight <= node.clientHeight + 1;
    });
  }

  /** The credit whole, and the link on the same line or on its own, where it may end in …. */
  function fillCredit(line, credit, link) {
    const [left, right] = line.children;
    left.textContent = credit;
    right.textContent = link;
    line.classList.remove("apart");
    if (left.scrollWidth <= left.clientWidth + 1 && right.scrollWidth <= right.clientWidth + 1) return;
    line.classList.add("apart");
    let shown = link.length;
    while (right.scrollWidth > right.clientWidth + 1 && shown > 1) {
      shown -= 1;
      right.textContent = `${link.slice(0, shown)}…`;
    }
  }

  /** As many sources as the line holds; the rest is counted. */
  function fillSources(node, sources, filter) {
    if (!sources.length) {
      node.textContent = `No source: nothing ${filter ? "of the selection " : ""}holds on this day.`;
      return 0;
    }
    const lead = element("b", {}, "Sources");
    for (let shown = sources.length; shown >= 0; shown -= 1) {
      const left = sources.length - shown;
      const words = sources.slice(0, shown).join("; ");
      const more = left ? `${shown ? "; " : ""}${left} ${shown ? "more" : "sources"} in this file’s data` : "";
      node.replaceChildren(lead, ` ${words}${more}`);
      if (node.scrollWidth <= node.clientWidth + 1) return left;
    }
    return sources.length;
  }

  /**
   * Take away words of the maps that meet others or leave the map; no pointer can ask
   * a picture what lies below.
   * @returns {Array<string>} the marks whose words went
   */
  function makeRoom(area) {
    for (const node of area.querySelectorAll(".no-room")) node.classList.remove("no-room");
    const order = (node) => STAYING.indexOf(node.dataset.part);
    const nodes = [...area.querySelectorAll("text[data-part]")].filter((node) => order(node) >= 0 && getComputedStyle(node).visibility === "visible" && node.textContent.trim());
    nodes.sort((one, other) => order(one) - order(other));
    const gone = new Set();
    const edge = area.getBoundingClientRect();
    const rooms = [...area.querySelectorAll(".geo, .geo2")].map((map) => map.querySelector(".bg")).filter(Boolean).map((map) => map.getBoundingClientRect());
    const inside = (box) => rooms.concat(rooms.length ? [] : [edge]).some((room) => box.left >= room.left - 1 && box.right <= room.right + 1 && box.top >= room.top - 1 && box.bottom <= room.bottom + 1);
    const kept = [...area.querySelectorAll(".map-title")].map((title) => title.getBoundingClientRect());
    for (const node of area.querySelectorAll(".maps-plot text:not([data-part])")) {
      const boxes = linesOf(node);
      const whole = boxes.every(inside);
      node.classList.toggle("no-room", !whole);
      if (whole) kept.push(...boxes);
    }
    const meet = (one, other) => Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 && Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3;
    for (const node of nodes) {
      const boxes = linesOf(node);
      if (!gone.has(node.dataset.mark) && boxes.every((box) => inside(box) && !kept.some((other) => meet(box, other)))) kept.push(...boxes);
      else gone.add(node.dataset.mark);
    }
    // Without its words a leader would point to nothing.
    const leaders = area.querySelectorAll('[data-part="leader"]');
    for (const node of [...nodes, ...leaders]) node.classList.toggle("no-room", gone.has(node.dataset.mark));
    return [...gone];
  }

  /** The boxes of the words of a text, line by line. */
  function linesOf(node) {
    const words = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
    const boxes = [];
    while (words.nextNode()) {
      if (!words.currentNode.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(words.currentNode);
      boxes.push(...range.getClientRects());
    }
    return boxes;
  }

  /** Leave out of the legend what needs no words, until the rest has room; whether it has. */
  function shorten(node) {
    const spare = [...node.querySelectorAll("[data-spare]")].sort((one, other) => SPARE.indexOf(other.dataset.spare) - SPARE.indexOf(one.dataset.spare));
    const whole = () => node.scrollWidth <= node.clientWidth + 1 && node.scrollHeight <= node.clientHeight + 1;
    while (!whole() && spare.length) spare.pop().remove();
    return whole();
  }

  /** The drawings that the maps show today, and what stands outside them. */
  function legend(first, day, filter, { shown, away: keys }) {
    const looks = new Set([...first].filter(([key]) => shown.has(key)).map(([, mark]) => mark[1].split(".")[0]));
    const entries = ns.LEGEND.filter(([look]) => look === "venue" || looks.has(look)).map(([look, words]) => element("span", { class: "entry", "data-spare": look }, swatch(look), words));
    // A mark whose words had no room on the map has them here.
    for (const key of keys) {
      const mark = first.get(key);
      const [kind, of] = key.split(":");
      const named = kind === "at" ? lookups.place(of, day) : payload.zones[of];
      const words = lookups.fill(mark[3], mark[2], day);
      entries.push(element("span", { class: "entry", "data-track": payload.events[mark[2]][0], "data-away": key }, swatch(mark[1].split(".")[0]), element("span", { class: "away" }, element("b", {}, named), words ? ` ${words}` : "")));
    }
    const away = payload.offMap.flatMap(function ([place, name]) {
      const mark = first.get(`at:${place}`);
      if (!mark) return [];
      const words = lookups.fill(mark[3], mark[2], day);
      return [element("span", { class: "away", "data-track": payload.events[mark[2]][0] }, element("b", {}, name), words ? ` ${words}` : "")];
    });
    if (away.length) entries.push(element("span", { class: "entry off" }, "Off this map: "), ...away);
    if (filter) entries.push(element("span", { class: "entry filter" }, `Only ${filter}`));
    return entries;
  }

  function drawn(tag, attributes) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  }

  /** A look as a small drawing. */
  function swatch(look) {
    const svg = drawn("svg", { class: "swatch-drawing", viewBox: "0 0 14 14", width: 14, height: 14, "data-swatch-look": look });
    const zone = { x: 1.5, y: 1.5, width: 11, height: 11 };
    if (look === "talks") svg.append(drawn("circle", { cx: 7, cy: 7, r: 6, class: "solid" }));
    else if (look === "decided") svg.append(drawn("path", { d: "M7 1L13 7L7 13L1 7Z", class: "solid" }));
    else if (look === "ground" || look === "truce") svg.append(drawn("rect", { x: 2.5, y: 2.5, width: 9, height: 9, class: "solid" }));
    else if (look === "planned") svg.append(drawn("circle", { cx: 7, cy: 7, r: 5.5, class: "ring dashed" }), drawn("circle", { cx: 7, cy: 7, r: 1.5, class: "solid" }));
    else if (look === "venue") svg.append(drawn("circle", { cx: 7, cy: 7, r: 4, class: "quiet" }));
    else if (look === "post") svg.append(drawn("rect", { x: 3, y: 3, width: 8, height: 8, class: "zone-line" }));
    else if (look === "lapsed") svg.append(drawn("rect", { ...zone, class: "quiet dotted" }));
    else {
      svg.append(drawn("rect", { ...zone, class: `zone-line dashed ${look === "in-force" ? "zone-fill" : ""}` }));
      if (look === "contested") svg.append(drawn("path", { d: "M2 6L6 2M2 12L12 2M8 12L12 8", class: "zone-line" }));
    }
    return svg;
  }

  /** The strip of the years: one row a line of talks, with the day across all. */
  function strip(box, values, first, day) {
    const [from, to] = rangeOf(values).map(lookups.day);
    const wide = box.clientWidth;
    const high = STRIP_HEAD_PX + ROWS.length * ROW_PX;
    const across = (at) => STRIP_NAMES_PX + ((at - from) / (to + 1 - from)) * (wide - STRIP_NAMES_PX);
    const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, height: high, class: "strip-drawing" });
    const word = (text, attributes) => {
      const node = drawn("text", attributes);
      node.textContent = text;
      svg.append(node);
    };
    const [firstYear, lastYear] = [from, to].map((at) => lookups.date(at).getUTCFullYear());
    const every = Math.ceil((lastYear - firstYear + 1) / ((wide - STRIP_NAMES_PX) / 60));
    for (let year = firstYear; year <= lastYear; year += 1) {
      const at = Math.max(from, Math.round((Date.UTC(year, 0, 1) - lookups.date(0)) / 86400000));
      svg.append(drawn("line", { x1: across(at), x2: across(at), y1: 3, y2: high, class: "year" }));
      if ((year - firstYear) % every) continue;
      // The knob of the day takes the place to the right of its year.
      const away = across(day + 0.5) - across(at);
      const left = away > -6 && away < YEAR_PX;
      word(String(year), { x: across(at) + (left ? -5 : 5), y: 13, class: "year-name", "text-anchor": left ? "end" : "start" });
    }
    ROWS.forEach(function ([title, track, lanes], row) {
      const middle = STRIP_HEAD_PX + row * ROW_PX + ROW_PX / 2;
      const holds = lanes.some((lane) => first.has(`lane:${lane}`));
      word(title, { x: 0, y: middle + 4, class: holds ? "row-name holds" : "row-name", "data-track": track });
      svg.append(drawn("line", { x1: STRIP_NAMES_PX, x2: wide, y1: middle, y2: middle, class: "row" }));
      for (const thing of payload.things) {
        if (!lanes.includes(thing[0]) || !FORMS[thing[1]] || !lookups.selection.thing(thing)) continue;
        if (thing[5] < from || thing[4] > to) continue;
        const [least, tall, alpha] = FORMS[thing[1]];
        const [start, end] = [across(Math.max(from, thing[4])), across(Math.min(to, thing[5]) + 1)];
        const width = Math.max(least, end - start);
        const x = Math.max(STRIP_NAMES_PX, Math.min(wide - width, (start + end - width) / 2));
        svg.append(drawn("rect", { x, y: middle - tall / 2, width, height: tall, "fill-opacity": alpha, class: "thing", "data-track": payload.events[thing[2]][0], "data-event": thing[2] }));
      }
    });
    if (day >= from && day <= to) {
      const at = across(day + 0.5);
      svg.append(drawn("line", { x1: at, x2: at, y1: 6, y2: high, class: "now" }), drawn("circle", { cx: at, cy: 6, r: 5, class: "knob" }));
    }
    return [svg];
  }

  /** The picture shown last as SVG text, of that width and height in pixels. */
  function svg(width, height) {
    const node = ns.asSvg(stage.root, fontFaces());
    node.setAttribute("width", width);
    node.setAttribute("height", height);
    return new XMLSerializer().serializeToString(node).replace(NOT_XML, "\ufffd");
  }

  /**
   * Lay the picture shown last on a sheet for the printer, as the same drawing, until
   * the next one is shown.
   * @param {number} width of the sheet in pixels of 1/96 inch
   * @param {number} height of the same
   */
  function sheet(width, height) {
    const paper = element("div", { class: "sheet" });
    const drawing = ns.asSvg(stage.root, "");
    drawing.setAttribute("width", width);
    drawing.setAttribute("height", height);
    // Else the paper would be that of the dashboard's own print.
    paper.append(drawing, element("style", {}, `@page { size: ${width}px ${height}px; margin: 0; }`));
    document.body.append(paper);
  }

  /** The faces that the page has loaded, as a style sheet with their files inside. */
  function fontFaces() {
    const used = stage.root.textContent;
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]).filter((rule) => rule instanceof CSSFontFaceRule);
    return rules.filter((rule) => covers(rule.style.getPropertyValue("unicode-range"), used)).map((rule) => rule.cssText).join("\n");
  }

  function covers(ranges, text) {
    if (!ranges) return true;
    const spans = ranges.split(",").map((range) => range.trim().slice(2).split("-").map((end) => parseInt(end, 16)));
    return [...text].some((letter) => spans.some(([low, high]) => letter.codePointAt(0) >= low && letter.codePointAt(0) <= (high || low)));
  }

  window.ready = begin();
  ns.picture = { show, svg, sheet };
})();
