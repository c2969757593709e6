// The view driven by the page that frames it: docs/embedding.md has the protocol.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const VERSION = 1;
  const MOST_STEPS = 400;
  const UNITS = ["day", "week", "month", "change"];
  const MOST_PX = 4000;
  const MOST_NAMED = 4;

  /**
   * Listen to the window around, and tell it what happens.
   * @param {object} shell what `ns.mountShell` promised
   * @param {string[]} origins that are heard, ["*"] for any
   * @param {string} address of the whole dashboard, without a query
   */
  ns.remote = function (shell, origins, address) {
    const { view } = shell;
    const { lookups, links } = view;
    const all = origins.includes("*");
    const kinds = Object.fromEntries(links.keys);
    // How many messages were not heard, by why.
    const refused = (ns.remote.refused = { origin: 0, shape: 0 });
    let playing = false;
    let opened = view.get().event || "";
    const allowed = (origin) => all || origins.some((one) => matches(one, origin));
    // The origin of the page around: most browsers tell it, else the first message does.
    let around = (window.location.ancestorOrigins || [])[0] || "";

    /** Tell the frame's page something; an origin that may not hear it is not told. */
    ns.told = function (event, detail) {
      if (!ns.framed) return;
      const known = around ? [around].filter(allowed) : origins.filter((origin) => !origin.includes("*."));
      for (const origin of all ? ["*"] : known) window.parent.postMessage({ geoAstana: VERSION, event, detail }, origin);
    };

    const acts = {
      hello: () => facts(),
      setDate: ({ date }) => (must(typeof date === "string" && lookups.day(date) !== null, `“${cut(date)}” is no day of the record, which runs from ${record().join(" to ")}`), view.set({ date }), view.get().date),
      step: function ({ by = 1, unit = "day" }) {
        must(Number.isInteger(by) && by && Math.abs(by) <= MOST_STEPS, `a step is a whole number from 1 to ${MOST_STEPS}, or below 0 to go back`);
        must(UNITS.includes(unit), `a step is one of ${UNITS.join(", ")}`);
        for (let left = Math.abs(by); left; left -= 1) view.stepBy(Math.sign(by), unit);
        return view.get().date;
      },
      play: () => (playing || view.play(), true),
      pause: () => (playing && view.play(), false),
      setSelection: function (wanted) {
        const sets = Object.keys(kinds).filter((name) => kinds[name] === "set");
        const strange = Object.keys(wanted).filter((name) => !sets.includes(name));
        must(!strange.length, `“${cut(strange[0])}” is nothing to select by; expected ${sets.join(", ")}`);
        must(Object.values(wanted).every((words) => Array.isArray(words) && words.every((word) => typeof word === "string")), "what is selected is a list of words for each key");
        const { wrong } = links.sift(wanted);
        must(!wrong.length, `the record does not know ${wrong.slice(0, MOST_NAMED).map((pair) => `“${pair}”`).join(", ")}`);
        view.set({ ...Object.fromEntries(sets.map((name) => [name, []])), ...wanted });
        return state().selection;
      },
      openEvent: function ({ event }) {
        must(event === "" || (typeof event === "string" && !links.sift({ event }).wrong.length), `the record has no event “${cut(event)}”`);
        view.set({ event });
        return view.get().event || "";
      },
      getState: () => state(),
      exportPicture: function ({ format = "png", width }) {
        must(["png", "svg"].includes(format), "a picture is png or svg");
        must(width === undefined || (Number.isInteger(width) && width > 0 && width <= MOST_PX), `a width is a whole number up to ${MOST_PX}`);
        return ns.drawing(format, width);
      },
    };

    const record = () => [lookups.iso(0), lookups.iso(lookups.last)];
    const facts = () => ({ version: VERSION, date: view.get().date, record: record(), embed: document.getElementById("page").dataset.embed || "", loaded: performance.timeOrigin, height: ns.height ? ns.height() : document.documentElement.scrollHeight });

    /** All that is shown, in words that do not change with the layout. */
    function state() {
      const { date, event = "", range, region, syria, theme, ...selection } = view.get();
      const items = view.items();
      return { date, sentence: view.sentence(), selection, event, playing, theme: view.theme(), link: `${address}?${links.write(view.get())}`, items };
    }

    function must(holds, words) {
      if (!holds) throw new TypeError(`${words}.`);
    }

    async function onMessage(message) {
      if (!ns.framed || message.source !== window.parent) return;
      if (!allowed(message.origin)) return void (refused.origin += 1);
      around = message.origin;
      const asked = message.data;
      if (!asked || asked.geoAstana === undefined) return;
      const shaped = typeof asked === "object" && asked.geoAstana === VERSION && ["string", "number"].includes(typeof asked.id) && typeof asked.do === "string" && Object.hasOwn(acts, asked.do) && isPlain(asked.with);
      if (!shaped) return void (refused.shape += 1);
      let answer = null;
      try {
        answer = { ok: true, value: await acts[asked.do](asked.with || {}) };
      } catch (error) {
        answer = { ok: false, error: error.message };
      }
      message.source.postMessage({ geoAstana: VERSION, id: asked.id, ...answer }, message.origin === "null" ? "*" : message.origin);
    }

    window.addEventListener("message", onMessage);
    view.on("change", ({ date, moving }) => ns.told("dateChange", { date, moving }));
    view.on("play", (is) => (playing = is));
    view.on("rest", function () {
      const event = view.get().event || "";
      if (event !== opened) ns.told("select", { event: (opened = event) });
    });
    return { ready: () => ns.told("ready", facts()) };
  };

  const isPlain = (value) => value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value));
  const cut = (text) => String(text).slice(0, 60);

  /** Whether an origin is the one that is allowed, or below it: `https://*.example.org`. */
  function matches(allowed, origin) {
    const [scheme, host] = allowed.split("//*.");
    return host === undefined ? allowed === origin : origin.startsWith(`${scheme}//`) && origin.endsWith(`.${host}`);
  }
})();
