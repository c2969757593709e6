// Both maps in one Plotly figure. The nodes that Plotly drew get their look by one
// attribute; at rest the state is written into Plotly's data. What lies under the pointer
// is read off the nodes, so it is right in motion too.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const NO_WORDS = "\u00a0";
  const TWO_LINES = { name: 0, detail: 1, call: 0, state: 1 };
  const ZOOM = 1.5;

  /**
   * Draw the maps.
   * @param {HTMLElement} box the element to fill
   * @param {object} options payload, settings, lookups, figures by theme, topojsonURL,
   *   frames to begin with, onMove() when a map was moved; domains(width, height) where
   *   the maps stand elsewhere than beside or above each other; still, whether a drag
   *   leaves them where they are
   * @returns {Promise<object>} show, commit, resize, setTheme, frames, setFrames, onOpen …
   */
  ns.mountMaps = async function (box, options) {
    const { payload, settings, lookups } = options;
    const gd = box;
    let theme = options.theme;
    let size = null;
    let shown = new Map();
    let day = 0;
    let nodes = new Map();
    // The mark that each thing showed when its nodes were last set.
    let stamped = new Map();
    let listeners = [];
    const tints = new Map();
    let pressed = [0, 0];
    // Maps that the reader moved: centre, scale and rotation by subplot.
    const moved = { ...options.frames };
    const tip = ns.element("div", { class: "tip", role: "tooltip", hidden: "" });

    const figure = options.figures[theme];
    await window.Plotly.newPlot(gd, figure.data, { ...figure.layout, ...arrange() }, {
      topojsonURL: options.topojsonURL,
      displayModeBar: false,
      showSendToCloud: false,
      displaylogo: false,
      scrollZoom: false,
      doubleClick: false,
    });
    await resize();
    find();
    gd.on("plotly_afterplot", function () {
      find();
      stamp();
    });
    gd.on("plotly_relayout", noteMoves);
    gd.append(tip);
    gd.addEventListener("wheel", onWheel, { passive: false });
    gd.addEventListener("pointermove", onPointerMove);
    gd.addEventListener("pointerleave", () => (tip.hidden = true));
    gd.addEventListener("pointerdown", onPointerDown, true);
    gd.addEventListener("click", onClick);

    /** Look up the nodes Plotly drew, through Plotly's own data, by mark. */
    function find() {
      nodes = new Map();
      stamped = new Map();
      for (const group of gd.querySelectorAll("g.trace")) {
        const trace = group.__data__ && group.__data__[0] && group.__data__[0].trace;
        const meta = trace && trace.meta;
        if (!meta || !meta.part) continue;
        group.setAttribute("data-parts", meta.part);
        for (const [node, at] of partNodes(group, meta.part)) {
          const mark = meta.marks[at];
          node.setAttribute("data-part", meta.part);
          node.setAttribute("data-mark", mark);
          if (!nodes.has(mark)) nodes.set(mark, []);
          nodes.get(mark).push({ node, part: meta.part, lines: linesOf(node, meta.part), look: null, words: null });
        }
      }
    }

    function partNodes(group, part) {
      if (settings.parts.line.includes(part)) {
        return [...group.querySelectorAll("path.js-line")].map((node) => [node, 0]);
      }
      if (settings.parts.area.includes(part)) {
        return [...group.querySelectorAll("path")].map((node) => [node, 0]);
      }
      const wanted = settings.parts.marker.includes(part) ? "path.point" : "text";
      return [...group.querySelectorAll(wanted)].map((node) => {
        const datum = node.__data__ || node.parentNode.__data__;
        return [node, datum.i === undefined ? datum.index : datum.i];
      });
    }

    function linesOf(node, part) {
      if (node.tagName !== "text") return null;
      const lines = node.querySelectorAll("tspan.line");
      return lines.length ? lines[TWO_LINES[part] || 0] : node;
    }

    /** The places whose block and those whose quiet name have room. */
    function rooms() {
      const space = settings.room[size];
      const order = [...shown.keys()].filter((key) => key.startsWith("at:")).map((key) => key.slice(3));
      const written = new Set();
      const displaced = new Set(space.never);
      const of = (table, place) => (Object.hasOwn(table, place) ? table[place] : []);
      for (const place of order) {
        if (![...written].some((other) => of(space.active, other).includes(place))) written.add(place);
      }
      for (const place of written) for (const other of of(space.base, place)) displaced.add(other);
      return { written, displaced };
    }

    /** Look and words of one part of a mark; the look "none" hides it. */
    function wanted(key, part, room) {
      const mark = shown.get(key);
      if (key.startsWith("at:")) {
        const place = key.slice(3);
        if (!mark) {
          if (part === "label") {
            const hidden = room.displaced.has(place);
            return hidden ? ["none", null] : ["", lookups.place(place, day)];
          }
          return [settings.quiet.includes(place) ? "" : "none", null];
        }
        if (part === "name" || part === "detail") {
          if (!room.written.has(place)) return ["none", null];
          if (part === "name") return [mark[1], lookups.place(place, day)];
          const detail = lookups.fill(mark[3], mark[2], day);
          return [mark[1], size === "phone" ? detail.split(",")[0] : detail];
        }
        if (part === "number") {
          const short = payload.events[mark[2]][3];
          return [mark[1], short.length <= 4 ? short : ""];
        }
        return [mark[1], null];
      }
      if (part === "country") return [room.displaced.has(key.slice(8)) ? "none" : "", settings.countries[key.slice(8)]];
      if (!mark) return ["none", null];
      if (part === "call") return [mark[1], payload.zones[key.slice(5)]];
      if (part === "state") return [mark[1], lookups.fill(mark[3], mark[2], day)];
      return [mark[1], null];
    }

    /** Show the first marks of a state: one attribute a node that differs, and words. */
    function show(first, newDay) {
      shown = first;
      day = newDay;
      return stamp();
    }

    function stamp() {
      if (!size) return 0;
      const room = rooms();
      let touched = 0;
      for (const [key, parts] of nodes) {
        const mark = shown.get(key);
        // What has no neighbours to make room for and counts no days stays as it is.
        const alone = !key.startsWith("at:") && !key.startsWith("country:");
        if (alone && stamped.get(key) === mark && stamped.has(key) && !(mark && mark[3].includes("{day}"))) continue;
        stamped.set(key, mark);
        for (const drawn of parts) {
          const [look, words] = wanted(key, drawn.part, room);
          if (drawn.look !== look) {
            drawn.node.setAttribute("data-look", look);
            drawn.look = look;
            touched += 1;
          }
          if (words !== null && drawn.lines && drawn.words !== words) {
            drawn.lines.textContent = words || NO_WORDS;
            drawn.words = words;
            touched += 1;
          }
        }
      }
      return touched;
    }

    /**
     * Write the state into Plotly's data: any later redraw and every export is right.
     * A restyle would do the same and draw both maps anew, which takes a tenth of a second.
     */
    function commit() {
      const room = rooms();
      const looks = settings.looks[theme];
      const colours = settings.colours[theme];
      for (const trace of gd.data) {
        const part = trace.meta && trace.meta.part;
        if (!part) continue;
        const rows = trace.meta.marks.map((key) => [key, ...wanted(key, part, room)]);
        const styles = rows.map((row) => (looks[row[1]] || {})[part] || ["ink", 0]);
        if (settings.parts.line.includes(part)) {
          trace.opacity = styles[0][1];
        } else if (settings.parts.area.includes(part)) {
          trace.marker.opacity = styles[0][1];
          trace.hoverinfo = part === "fill" && styles[0][1] > 0 ? "text" : "skip";
        } else if (settings.parts.marker.includes(part)) {
          trace.marker.opacity = styles.map((style) => style[1]);
          trace.marker.color = styles.map((style) => colours[style[0]]);
          if (part === "target") {
            const events = rows.map(([key]) => (shown.has(key) ? shown.get(key)[2] : ""));
            trace.hovertext = events.map((event) => (event ? ns.escape(payload.events[event][2]) : ""));
            trace.hoverinfo = events.map((event) => (event ? "text" : "skip"));
          }
        } else {
          trace.text = rows.map((row, i) => linesText(part, styles[i][1] ? row[2] : ""));
          trace.textfont.color = styles.map((style) => rgba(colours[style[0]], style[1]));
        }
      }
    }

    /** The event shown under a point of the screen: the nearest mark, else the zone. */
    function eventAt(x, y) {
      let nearest = null;
      let zone = null;
      for (const [key, parts] of nodes) {
        const mark = shown.get(key);
        if (!mark || mark[1] === "lapsed") continue;
        for (const { node, part } of parts) {
          if (part === "target" || part === "post") {
            const box = node.getBoundingClientRect();
            const away = Math.hypot(x - (box.left + box.right) / 2, y - (box.top + box.bottom) / 2);
            if (away <= Math.max(box.width / 2, 9) && (!nearest || away < nearest.away)) nearest = { away, mark };
          } else if (part === "fill" && !zone) {
            const point = new DOMPoint(x, y).matrixTransform(node.getScreenCTM().inverse());
            if (node.isPointInFill(point)) zone = { mark };
          }
        }
      }
      return (nearest || zone || {}).mark || null;
    }

    function onPointerMove(event) {
      const mark = event.buttons ? null : eventAt(event.clientX, event.clientY);
      tip.hidden = !mark;
      gd.classList.toggle("answers", Boolean(mark));
      if (!mark) return;
      const words = lookups.fill(mark[3], mark[2], day);
      tip.replaceChildren(ns.element("b", {}, payload.events[mark[2]][2]), words ? ns.element("span", {}, words) : "");
      const rect = gd.getBoundingClientRect();
      // A presentation draws the maps larger than they are laid out.
      const scale = rect.width / gd.offsetWidth;
      const left = (event.clientX - rect.left) / scale;
      tip.style.left = `${Math.min(left + 14, gd.offsetWidth - tip.offsetWidth - 4)}px`;
      tip.style.top = `${Math.max(4, (event.clientY - rect.top) / scale - tip.offsetHeight - 10)}px`;
    }

    function onPointerDown(event) {
      pressed = [event.clientX, event.clientY];
    }

    /** A click names what is under it; the end of a drag is no click. */
    function onClick(event) {
      const moved = Math.hypot(event.clientX - pressed[0], event.clientY - pressed[1]);
      const mark = moved < 5 ? eventAt(event.clientX, event.clientY) : null;
      if (mark) for (const listener of listeners) listener(mark[2]);
    }

    function linesText(part, words) {
      const text = words ? ns.escape(words) : NO_WORDS;
      if (!(part in TWO_LINES)) return text;
      return TWO_LINES[part] === 0 ? text + "<br> " : " <br>" + text;
    }

    function rgba(hex, alpha) {
      const key = hex + alpha;
      if (!tints.has(key)) {
        const part = (at) => parseInt(hex.slice(at, at + 2), 16);
        tints.set(key, `rgba(${part(1)},${part(3)},${part(5)},${alpha})`);
      }
      return tints.get(key);
    }

    /** The layout that fills the box: both domains and the frame of each map. */
    function arrange() {
      const width = Math.max(1, Math.round(box.clientWidth));
      const height = Math.max(1, Math.round(box.clientHeight));
      const layout = { width, height, hovermode: false, ...(options.still ? { dragmode: false } : {}) };
      let domains;
      // The title of the second map and the rule between them stand by it.
      const [, share] = settings.shares.find(([least]) => width >= least);
      box.parentElement.style.setProperty("--share", `${share * 100}%`);
      if (options.domains) domains = options.domains(width, height);
      else if ((width * share) / height < settings.leastAspect) {
        const { region, syria } = settings.boxes;
        const split = Math.min(syria[1] / (region[1] + syria[1]), 1 - width / (height * settings.mostAspect));
        box.parentElement.style.setProperty("--split", `${(1 - split) * 100}%`);
        domains = { geo: [[0, 1], [split, 1]], geo2: [[0, 1], [0, split]] };
      } else {
        domains = { geo: [[0, share], [0, 1]], geo2: [[share, 1], [0, 1]] };
      }
      for (const [key, [x, y]] of Object.entries(domains)) {
        const aspect = (width * (x[1] - x[0])) / (height * (y[1] - y[0]));
        const frame = frameAt(settings.frames[key], settings.aspects, aspect);
        const base = options.figures[theme].layout[key];
        const [lon, lat, scale, rotation] = moved[key] || [frame[4], frame[5], 1, null];
        const turned = rotation === null ? base.projection.rotation : { lon: rotation };
        layout[key] = {
          ...base,
          domain: { x, y },
          lonaxis: { ...base.lonaxis, range: [frame[0], frame[1]] },
          lataxis: { ...base.lataxis, range: [frame[2], frame[3]] },
          center: { lon, lat },
          projection: { ...base.projection, scale, rotation: turned },
        };
      }
      return layout;
    }

    function sizeClass(width) {
      return Object.keys(settings.sizes).find((name) => width >= settings.sizes[name].least);
    }

    /** Fit the maps to their box; type and marks change with the width class. */
    async function resize() {
      const layout = arrange();
      const same = size && layout.width === gd.layout.width && layout.height === gd.layout.height;
      if (same) return;
      const name = sizeClass(layout.width);
      const wasSize = size;
      size = name;
      if (wasSize !== name) {
        const { text, mark } = settings.sizes[name];
        const update = { "textfont.size": [], "marker.size": [] };
        const indices = [];
        gd.data.forEach(function (trace, index) {
          const part = trace.meta && trace.meta.part;
          const scale = part === "state" ? 0.9 : 1;
          const px = text[part === "state" ? "call" : part];
          if (!px && !mark[part]) return;
          const at = indices.push(index) - 1;
          update["textfont.size"][at] = px ? px * scale : undefined;
          update["marker.size"][at] = mark[part];
          if (part === "name" || part === "detail") update["marker.size"][at] = mark.ring + 12;
        });
        for (const values of Object.values(update)) values.length = indices.length;
        await window.Plotly.update(gd, update, layout, indices);
      } else {
        await window.Plotly.relayout(gd, layout);
      }
      stamp();
    }

    function zoom(key, factor) {
      const at = gd._fullLayout[key].projection;
      window.Plotly.relayout(gd, { [key + ".projection.scale"]: Math.max(1, at.scale * factor) });
    }

    function home() {
      for (const key of Object.keys(moved)) delete moved[key];
      options.onMove();
      return window.Plotly.relayout(gd, arrange());
    }

    /** Keep where a pan or a zoom left a map; Plotly says so by `key.…` names. */
    function noteMoves(change) {
      for (const key of ["geo", "geo2"]) {
        if (!Object.keys(change).some((name) => name.startsWith(key + "."))) continue;
        const { center, projection } = gd._fullLayout[key];
        moved[key] = [center.lon, center.lat, projection.scale, projection.rotation.lon];
        options.onMove();
      }
    }

    /** Put a map where a link says, or home where it says nothing. */
    function setFrames(frames) {
      const same = JSON.stringify(frames) === JSON.stringify(moved);
      for (const key of Object.keys(moved)) delete moved[key];
      Object.assign(moved, frames);
      return same ? null : window.Plotly.relayout(gd, arrange());
    }

    /** Ctrl and wheel zoom the map under the pointer; the wheel alone scrolls the page. */
    function onWheel(event) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const at = event.target.closest && event.target.closest(".geo2") ? "geo2" : mapAt(event);
      zoom(at, event.deltaY < 0 ? 1.2 : 1 / 1.2);
    }

    function mapAt(event) {
      const box2 = gd._fullLayout.geo2.domain;
      const rect = gd.getBoundingClientRect();
      const x = (event.clientX - rect.left) / rect.width;
      const y = 1 - (event.clientY - rect.top) / rect.height;
      return x >= box2.x[0] && x <= box2.x[1] && y >= box2.y[0] && y <= box2.y[1] ? "geo2" : "geo";
    }

    async function setTheme(name) {
      theme = name;
      size = null;
      const next = options.figures[theme];
      await window.Plotly.react(gd, next.data, { ...next.layout, ...arrange() });
      await resize();
    }

    return {
      show,
      commit,
      resize,
      setTheme,
      zoomIn: (key) => zoom(key, ZOOM),
      zoomOut: (key) => zoom(key, 1 / ZOOM),
      home,
      /** The marks of this figure that show, and the places among them without words. */
      drawn: function () {
        const { written } = rooms();
        const keys = [...shown.keys()].filter((key) => nodes.has(key));
        const places = keys.filter((key) => key.startsWith("at:")).map((key) => key.slice(3));
        return { shown: new Set(keys), unwritten: places.filter((place) => !written.has(place)) };
      },
      frames: () => ({ ...moved }),
      setFrames,
      onOpen: (listener) => listeners.push(listener),
      nodes: () => [...nodes.values()].reduce((sum, parts) => sum + parts.length, 0),
      destroy: function () {
        listeners = [];
        gd.removeEventListener("wheel", onWheel);
        window.Plotly.purge(gd);
      },
    };
  };

  /** Figures by theme with one of their two maps. */
  ns.onlyOf = function (both, key) {
    const one = (figure) => ({ layout: figure.layout, data: figure.data.filter((trace) => (trace.geo || "geo") === key) });
    return Object.fromEntries(Object.entries(both).map(([theme, figure]) => [theme, one(figure)]));
  };

  /**
   * Stand the maps beside each other, or one above the other.
   * @param {HTMLElement} area of both maps, whose style sheet follows
   * @param {boolean} beside
   * @param {number} share of the width that the region has beside Syria
   * @param {number} split share of the height that Syria has below the region
   * @returns {object} the domain of each map
   */
  ns.placed = function (area, beside, share, split) {
    area.classList.toggle("beside", beside);
    area.style.setProperty("--share", `${share * 100}%`);
    area.style.setProperty("--split", `${(1 - split) * 100}%`);
    if (beside) return { geo: [[0, share], [0, 1]], geo2: [[share, 1], [0, 1]] };
    return { geo: [[0, 1], [split, 1]], geo2: [[0, 1], [0, split]] };
  };

  /** The frame for an aspect, between two rows of the table. */
  function frameAt(frames, aspects, aspect) {
    let at = aspects.findIndex((value) => value >= aspect);
    if (at < 0) at = aspects.length - 1;
    if (at === 0) return frames[0];
    const low = Math.log(aspects[at - 1]);
    const part = Math.min(1, (Math.log(aspect) - low) / (Math.log(aspects[at]) - low));
    return frames[at].map((value, i) => frames[at - 1][i] + part * (value - frames[at - 1][i]));
  }
})();
