// Puts maps of geo-astana into another page and drives them; docs/embedding.md tells how.
(function () {
  "use strict";
  if (globalThis.geoAstanaEmbed) return;
  const VERSION = 1;
  const EVENTS = ["ready", "dateChange", "select", "resize"];
  const HELLO_MS = 250;
  const TIMEOUT_MS = 60000;
  // Heights that shall not chase each other when a scroll bar comes and goes.
  const TURN_MS = 2000;
  const MOST_TURNS = 2;
  const TITLE = "Map of the Syrian ceasefire talks";
  const HEIGHT = 640;
  const SILENT = "The frame does not answer: its address shows no map of geo-astana, redirects (then name the “origin”), or the map does not let this page drive it.";
  const GONE = "The map’s frame is not in the page.";
  const ANEW = "The map was loaded anew before it answered.";
  const CLOSED = "The map was closed.";
  const script = document.currentScript;
  let calls = 0;

  /**
   * Drive the map in a frame.
   * @param {HTMLIFrameElement} frame of an address with `embed=`
   * @param {{origin?: string, autoHeight?: boolean, timeout?: number}} [options] origin of
   *   the map, if not that of the frame's `src`; autoHeight, let the frame be as high as
   *   its width asks for; timeout in ms for which a frame in view may not answer
   * @returns {Promise<object>} the map, when it shows: frame, facts, setDate, step, play,
   *   pause, setSelection, openEvent, getState, exportPicture, on, destroy
   */
  function connect(frame, { origin, autoHeight, timeout = TIMEOUT_MS } = {}) {
    const listeners = Object.fromEntries(EVENTS.map((name) => [name, new Set()]));
    const waiting = new Map();
    const sent = new Map();
    const turns = new Map();
    let timer = null;
    let waited = 0;
    let live = false;
    let closed = "";
    let begun = null;

    const map = {
      frame,
      facts: null,
      setDate: (date) => call("setDate", { date }),
      step: (by = 1, unit = "day") => call("step", { by, unit }),
      play: () => call("play"),
      pause: () => call("pause"),
      setSelection: (selection = {}) => call("setSelection", selection),
      openEvent: (event = "") => call("openEvent", { event }),
      getState: () => call("getState"),
      exportPicture: (picture = {}) => call("exportPicture", picture),
      /** Hear of an event until the function that this returns is called. */
      on: function (name, listener) {
        if (!Object.hasOwn(listeners, name)) throw new Error(`There is no event “${name}”, only ${EVENTS.join(", ")}.`);
        listeners[name].add(listener);
        return () => listeners[name].delete(listener);
      },
      destroy: () => close(CLOSED),
    };

    function call(name, given = {}) {
      return new Promise(function (done, failed) {
        if (closed || !frame.isConnected) throw new Error(closed || GONE);
        const id = (calls += 1);
        waiting.set(id, { name, given, done, failed });
        if (live && !isBlank(frame)) send();
        knock();
      });
    }

    /** Post what waits, in its order. */
    function send() {
      for (const [id, asked] of waiting) {
        waiting.delete(id);
        sent.set(id, asked);
        try {
          post(id, asked.name, asked.given, target());
        } catch (error) {
          answer(id, "failed", error);
        }
      }
    }

    const post = (id, name, given, to) => frame.contentWindow.postMessage({ geoAstana: VERSION, id, do: name, with: given }, to);
    const expected = () => origin || originOf(frame);
    const target = () => (expected() === "null" ? "*" : expected());

    function answer(id, how, what) {
      const asked = sent.get(id);
      sent.delete(id);
      if (asked) asked[how](what);
    }

    function fail(words, ...queues) {
      for (const queue of queues) {
        for (const { failed } of queue.values()) failed(new Error(words));
        queue.clear();
      }
    }

    /** Ask the frame whether it hears, until it does; and see whether it is still there. */
    function knock() {
      clearTimeout(timer);
      if (closed || (live && !sent.size)) return;
      if (!frame.isConnected) return fail(GONE, waiting, sent);
      if (!live && frame.clientWidth && !document.hidden && !isBlank(frame)) {
        waited += HELLO_MS;
        if (waited > timeout) return close(SILENT);
        post(0, "hello", {}, "*");
      }
      timer = setTimeout(knock, HELLO_MS);
    }

    /** The map shows, or shows again in a page that was loaded anew. */
    function meet(facts) {
      const anew = !map.facts || map.facts.loaded !== facts.loaded;
      if (anew) fail(ANEW, sent);
      map.facts = facts;
      live = true;
      waited = 0;
      fit(facts.height);
      send();
      begun.done(map);
      if (anew) emit("ready", facts);
    }

    function emit(name, detail) {
      for (const listener of [...listeners[name]]) listener(detail);
    }

    /** Give the frame a height; one that comes again and again for a width is not taken. */
    function fit(height) {
      if (!autoHeight || !(height > 0) || !frame.clientWidth) return;
      const key = `${frame.clientWidth} ${height}`;
      const now = performance.now();
      const lately = (turns.get(key) || []).filter((at) => now - at < TURN_MS);
      turns.set(key, [...lately, now]);
      const border = getComputedStyle(frame).boxSizing === "border-box" ? frame.offsetHeight - frame.clientHeight : 0;
      if (lately.length < MOST_TURNS) frame.style.height = `${Math.ceil(height + border)}px`;
    }

    function hear({ source, data, origin: from }) {
      if (!source || source !== frame.contentWindow || from !== expected()) return;
      if (!data || data.geoAstana !== VERSION) return;
      if (data.event === "ready" || (data.id === 0 && data.ok)) meet(data.event ? data.detail : data.value);
      else if (data.event === undefined) answer(data.id, data.ok ? "done" : "failed", data.ok ? data.value : new Error(data.error));
      else if (Object.hasOwn(listeners, data.event)) {
        if (data.event === "resize") fit(data.detail.height);
        emit(data.event, data.detail);
      }
    }

    function onLoad() {
      live = false;
      waited = 0;
      knock();
    }

    function close(words) {
      closed = words;
      clearTimeout(timer);
      frame.removeEventListener("load", onLoad);
      window.removeEventListener("message", hear);
      fail(words, waiting, sent);
      begun.failed(new Error(words));
    }

    return new Promise(function (done, failed) {
      begun = { done, failed };
      window.addEventListener("message", hear);
      frame.addEventListener("load", onLoad);
      knock();
    });
  }

  /**
   * Fill an element with a map.
   * @param {Element|string} container or its selector
   * @param {object} options address of the map or of a view of it, the folder of this script
   *   by default; view (map, syria, timeline, card, slide or full), date, theme and all
   *   other keys of a link, lists as arrays; clock: false for none; title, height (px);
   *   autoHeight, origin and timeout as for `connect`
   * @returns {Promise<object>} the map, as `connect` gives it
   */
  async function create(container, { address, view, clock, title = TITLE, height = HEIGHT, origin, autoHeight, timeout, ...link } = {}) {
    const place = typeof container === "string" ? document.querySelector(container) : container;
    if (!place) throw new Error(`The page has no element “${container}” for a map.`);
    const url = new URL(address || api.home, document.baseURI);
    const given = Object.entries({ ...link, clock: clock === false ? "off" : clock, embed: view || url.searchParams.get("embed") || "slide" });
    for (const [key, value] of given) if (value && value !== true) url.searchParams.set(key, value);
    const frame = document.createElement("iframe");
    Object.assign(frame, { title, loading: "lazy", allow: "clipboard-write", src: url.href });
    frame.style.cssText = `display: block; width: 100%; height: ${Number(height)}px; border: 0`;
    place.replaceChildren(frame);
    const map = await connect(frame, { origin, autoHeight, timeout });
    const { destroy } = map;
    map.destroy = function () {
      destroy();
      frame.remove();
    };
    return map;
  }

  /**
   * Let maps show the same day: where one goes the others follow, and only one plays.
   * @param {object[]} maps as `connect` gives them; the first says the day at the beginning
   * @returns {() => void} ends it
   */
  function bind(maps) {
    const wanted = new Map();
    const going = new Map();
    const hushed = new Set();
    let leader = null;

    /** Show the day that is wanted last; those between are left out if they come too fast. */
    async function follow(map) {
      while (wanted.has(map)) {
        going.set(map, wanted.get(map));
        wanted.delete(map);
        // A map that does not know the day, or is gone, stays as it is.
        await map.setDate(going.get(map)).catch(() => {});
      }
      going.delete(map);
    }

    /** Stop a map that plays; what it tells until it has stopped leads nowhere. */
    async function hush(map) {
      hushed.add(map);
      await map.pause().catch(() => {});
      hushed.delete(map);
    }

    function lead(from, date) {
      // What a map tells because it was told so itself is no news.
      if (going.get(from) === date || hushed.has(from)) return;
      const others = maps.filter((map) => map !== from);
      if (from !== leader) others.forEach(hush);
      leader = from;
      wanted.delete(from);
      for (const map of others) {
        wanted.set(map, date);
        if (!going.has(map)) follow(map);
      }
    }

    const offs = maps.map((map) => map.on("dateChange", ({ date }) => lead(map, date)));
    if (maps.length) maps[0].getState().then(({ date }) => lead(maps[0], date), () => {});
    return function () {
      wanted.clear();
      for (const off of offs) off();
    };
  }

  /** The origin of what a frame shows: "null" for a file, and in a sandbox of its own. */
  function originOf(frame) {
    const alone = frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin");
    const { protocol, origin } = new URL(frame.src, document.baseURI);
    return alone || !protocol.startsWith("http") ? "null" : origin;
  }

  /** Whether nothing was loaded into a frame yet, such as one that is lazy. */
  const isBlank = ({ contentDocument }) => Boolean(contentDocument) && contentDocument.URL === "about:blank";

  /** The maps of a page without scripts of its own: `<div data-geo-astana="address">`. */
  function find() {
    for (const place of document.querySelectorAll("[data-geo-astana]")) {
      const { geoAstana: address, autoHeight, ...rest } = place.dataset;
      const options = { ...rest, autoHeight: autoHeight !== undefined && autoHeight !== "false" };
      const made = place.localName === "iframe" ? connect(place, options) : create(place, { address, ...options });
      made.catch((error) => console.warn(`geo-astana: ${error.message}`));
    }
  }

  const api = { connect, create, bind, home: script && script.src ? new URL(".", script.src).href : document.baseURI };
  globalThis.geoAstanaEmbed = api;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", find);
  else Promise.resolve().then(find);
})();
