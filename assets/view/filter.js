// The filter: what may be chosen of each facet, with how many events it would leave.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  const STATUS_WORDS = {
    held: "sitting or happening",
    planned: "planned",
    agreed: "agreed, not yet in force",
    "in-force": "in force",
    contested: "contested",
    lapsed: "earlier outlines",
    standing: "observation posts",
  };
  const TITLES = {
    tracks: "Lines of talks",
    status: "Status on the day",
    zones: "Zones concerned",
    actors: "Who took part",
    roles: "In which role",
    kinds: "Kinds of events",
  };
  // Open from the start.
  const OPEN = ["tracks", "status", "zones"];

  /**
   * Build the filter.
   * @param {object} options payload, lookups, onChoose(choice), onClose()
   * @returns {object} node, open(), close(), show(), toggle(name, words), words()
   */
  ns.mountFilter = function (options) {
    const { payload, lookups } = options;
    const { selection } = lookups;
    const boxes = [];

    const close = element("button", { type: "button", class: "plain back" }, "‹ Back to the day");
    const all = element("button", { type: "button", class: "plain" }, "Show all");
    const title = element("h2", { tabindex: "-1" }, "Filter");
    const count = element("p", { class: "filter-count", role: "status" });
    const groups = Object.entries(TITLES).map(group);
    const body = element("div", { class: "filter-groups" }, ...groups);
    const node = element("section", { class: "rail filters", "aria-label": "Filter", hidden: "" }, element("div", { class: "rail-top" }, close, all), title, count, body);
    close.addEventListener("click", () => options.onClose());
    all.addEventListener("click", () => options.onChoose({}));

    function group([name, words]) {
      const chosen = element("span", { class: "count" });
      const list = element("ul", {}, ...payload.choices[name].map((word) => choice(name, word)));
      const parts = [element("summary", {}, words, chosen)];
      if (name === "actors") parts.push(narrowing(list));
      const made = element("details", { open: OPEN.includes(name) ? "" : null }, ...parts, list);
      boxes.push({ name, chosen, list });
      return made;
    }

    function choice(name, word) {
      const box = element("input", { type: "checkbox", value: word });
      box.addEventListener("change", () => toggle(name, [word]));
      const track = name === "tracks" ? word : null;
      const swatch = track ? element("span", { class: "swatch lane-swatch", "data-track": track }) : null;
      return element("li", {}, element("label", {}, box, swatch, element("span", {}, named(name, word)), element("span", { class: "count" })));
    }

    /** A field that leaves the actors whose name holds what is typed. */
    function narrowing(list) {
      const field = element("input", { type: "search", class: "narrow", placeholder: "Find an actor", "aria-label": "Find an actor" });
      field.addEventListener("input", function () {
        const typed = field.value.trim().toLowerCase();
        for (const item of list.children) item.hidden = !item.textContent.toLowerCase().includes(typed);
      });
      return field;
    }

    function named(name, word) {
      if (name === "status") return STATUS_WORDS[word];
      return (payload[name][word] || word).toString();
    }

    /** Choose words that are not all chosen, else leave them; all chosen is none. */
    function toggle(name, words) {
      const choice_ = selection.get();
      const chosen = new Set(choice_[name] || []);
      const off = words.every((word) => chosen.has(word));
      for (const word of words) {
        if (off) chosen.delete(word);
        else chosen.add(word);
      }
      const full = chosen.size === payload.choices[name].length;
      options.onChoose({ ...choice_, [name]: full ? [] : [...chosen] });
    }

    /** Tick what is chosen and count what each choice would leave. */
    function show() {
      const total = Object.keys(payload.events).length;
      const kept = selection.events().length;
      all.hidden = !selection.any();
      count.textContent = selection.any() ? `${kept} of ${total} events` : `All ${total} events`;
      if (node.hidden) return;
      for (const { name, chosen, list } of boxes) {
        const some = (selection.get()[name] || []).length;
        chosen.textContent = some ? `${some} chosen` : "";
        for (const item of list.children) {
          const box = item.querySelector("input");
          const events = selection.count(name, box.value);
          box.checked = selection.has(name, box.value);
          item.querySelector(".count").textContent = events;
          item.classList.toggle("none", !events);
        }
      }
    }

    return {
      node,
      toggle,
      show,
      open: function () {
        node.hidden = false;
        show();
        title.focus({ preventScroll: true });
      },
      close: function () {
        node.hidden = true;
      },
      /** The choice in words: “Astana process · Russia · guarantors”. */
      words: () =>
        Object.entries(selection.get())
          .flatMap(([name, words]) => (words.length > 2 ? [`${words.length} ${TITLES[name].toLowerCase()}`] : words.map((word) => named(name, word))))
          .join(" · "),
    };
  };
})();
