// The day: date, sentence, and cards of everything that holds, with sources as links.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const element = (...parts) => ns.element(...parts);
  const SECTIONS = [
    ["talks", "Sitting today"],
    ["decided", "Decided or said this day"],
    ["ground", "On the ground"],
    ["force", "In force"],
    ["plan", "Planned"],
  ];
  const IN_FORCE = ["regime", "zone", "post"];
  const MOST_SOURCES = 4;

  /**
   * Build the day panel.
   * @param {object} options payload, lookups, cards (a promise of the cards JSON),
   *   onStep(day), onOpen(event), onAll() to drop the filter
   * @returns {object} head, sentence, steps, body, show, choose, open
   */
  ns.mountDay = function (options) {
    const { payload, lookups } = options;
    let told = { events: {}, claims: {}, sources: [] };
    let last = null;
    // The state whose cards stand in the panel.
    let built = null;
    const made = new Map();
    const heads = new Map();

    const weekday = element("p", { class: "weekday" });
    const dayMonth = element("b");
    const year = element("span", { class: "year" });
    const heading = element("h1", { class: "date" }, dayMonth, " ", year);
    const sentence = element("p", { class: "sentence" });
    const back = element("button", { type: "button", class: "step back" });
    const on = element("button", { type: "button", class: "step on" });
    const steps = element("div", { class: "steps" }, back, on);
    const body = element("div", { class: "cards", tabindex: "-1" });
    for (const button of [back, on]) {
      button.addEventListener("click", () => options.onStep(Number(button.dataset.day)));
    }
    options.cards.then(function (cards) {
      told = cards;
      made.clear();
      built = null;
      if (last) show(...last);
      prepare(0);
    });

    /** Show the date, the sentence and the cards of a state. */
    function show(state, day) {
      last = [state, day];
      const date = lookups.date(day);
      weekday.textContent = ns.weekday(date);
      dayMonth.textContent = ns.dayMonth(date);
      year.textContent = date.getUTCFullYear();
      const kept = lookups.cards(state);
      const clauses = kept.map((position) => payload.cards[position][4]).filter(Boolean);
      sentence.textContent = lookups.sentence(clauses);
      const [before, after] = lookups.changes(day);
      fillStep(back, before, "‹ ", "", date);
      fillStep(on, after, "", " ›", date);
      if (built !== state) {
        body.counters = [];
        const sections = SECTIONS.flatMap(([key, title]) => section(key, title, kept, day));
        arrange(body, kept.length ? sections : nothing(state, after));
        built = state;
      }
      for (const [holder, card] of body.counters) {
        const words = counted(card, day);
        if (holder.textContent !== words) holder.textContent = words;
      }
      return sentence.textContent;
    }

    function fillStep(button, change, lead, tail, shown) {
      button.hidden = !change;
      if (!change) return;
      button.dataset.day = change[0];
      const date = lookups.date(change[0]);
      const words = ns.shortDate(date);
      const near = date.getUTCFullYear() === shown.getUTCFullYear();
      button.title = `${words} ${change[1]}`;
      button.replaceChildren(lead, element("b", {}, near ? words.slice(0, -5) : words), " " + change[1] + tail);
    }

    /** Let an element hold these nodes in this order; those in place stay untouched. */
    function arrange(holder, nodes) {
      const wanted = new Set(nodes);
      for (const node of [...holder.childNodes]) if (!wanted.has(node)) node.remove();
      let at = holder.firstChild;
      for (const node of nodes) {
        if (node === at) at = at.nextSibling;
        else holder.insertBefore(node, at);
      }
    }

    /** Why the panel is empty, and the ways back. */
    function nothing(state, after) {
      if (!lookups.selection.any()) return [element("p", { class: "none" }, "Nothing on record holds on this day.")];
      const hidden = state[2].length;
      const all = element("button", { type: "button", class: "plain" }, "Show all");
      all.addEventListener("click", () => options.onAll());
      const words = `The filter leaves out ${hidden === 1 ? "the one thing" : `all ${hidden} things`} that ${hidden === 1 ? "holds" : "hold"} on this day.`;
      const parts = [element("p", { class: "none" }, hidden ? words : "Nothing on record holds on this day."), all];
      if (after) {
        const next = element("button", { type: "button", class: "plain" }, `Next: ${ns.shortDate(lookups.date(after[0]))}, ${after[1]}`);
        next.addEventListener("click", () => options.onStep(after[0]));
        parts.push(next);
      }
      return [element("div", { class: "empty" }, ...parts)];
    }

    function section(key, title, kept, day) {
      const sections = key === "force" ? IN_FORCE : [key];
      const positions = kept.filter((position) => sections.includes(payload.cards[position][0]));
      const posts = positions.filter((position) => payload.cards[position][0] === "post");
      const rest = positions.filter((position) => !posts.includes(position));
      if (!positions.length && key !== "talks") return [];
      const count = rest.length + (posts.length ? 1 : 0);
      const head = sectionHead(key, title, count);
      const parts = rest.map((position) => card(position));
      if (posts.length) parts.push(postsRow(posts));
      if (!positions.length) parts.push(element("p", { class: "none" }, noTalks(day)));
      return [head, ...parts];
    }

    function sectionHead(key, title, count) {
      if (!heads.has(key)) heads.set(key, element("h2", {}, title, element("span", { class: "count" })));
      const head = heads.get(key);
      head.lastChild.textContent = count;
      return head;
    }

    /** The words for a day without talks: the last held and the next. */
    function noTalks(day) {
      let past = null;
      let next = null;
      for (const id of payload.talks.filter(lookups.selection.event)) {
        const event = payload.events[id];
        if (event[5] < day && (!past || event[5] > past[5])) past = event;
        if (event[4] > day && (!next || event[4] < next[4])) next = event;
      }
      const tell = (event) => event[2] + (event[7] ? `, ${event[7]}` : "") + `, ${event[6]}`;
      const parts = [];
      if (past) parts.push(`The last: ${tell(past)}.`);
      if (next) parts.push(`The next held: ${tell(next)}.`);
      return parts.join(" ") || (lookups.selection.any() ? "The filter leaves no talks." : "No talks on record.");
    }

    /** The card of a position, made once, with the element that counts its days. */
    function make(position) {
      const row = payload.cards[position];
      if (!made.has(position)) {
        const full = ["talks", "ground", "decided", "plan"].includes(row[0]);
        made.set(position, full ? fullCard(row) : lineCard(row));
      }
      return made.get(position);
    }

    /** Make the cards while nothing else is to do, so that no step has to. */
    function prepare(position) {
      if (!window.requestIdleCallback) return;
      window.requestIdleCallback(function (idle) {
        let next = position;
        while (next < payload.cards.length && idle.timeRemaining() > 1) make(next++);
        if (next < payload.cards.length) prepare(next);
      });
    }

    function card(position) {
      const [node, counter] = make(position);
      if (counter) body.counters.push([counter, payload.cards[position]]);
      return node;
    }

    function counted(row, day) {
      const words = row[3] ? lookups.fill(row[3], row[1], day) : "";
      if (row[0] === "plan") return "plan";
      if (row[0] === "zone") return row[2] === "in force" ? words : row[2];
      return words;
    }

    function fullCard(row) {
      const [kind, id, , label, , claim] = row;
      const event = payload.events[id];
      const counter = element("span", { class: "counter" });
      const head = element("p", { class: "card-track" }, swatch(kind, row[2]), element("span", {}, payload.tracks[event[0]]), counter);
      const place = event[7] || (kind === "plan" ? "" : "no single place");
      const where = element("p", { class: "where" }, [place, event[6]].filter(Boolean).join(" · "));
      const node = element("article", { class: "card", "data-track": event[0], "data-section": kind, "data-event": id, tabindex: "-1" }, head, element("h3", {}, opener(id, event[2])), kind === "plan" ? planned(id, claim, event, label) : where);
      const tale = told.events[id];
      if (tale && kind !== "plan") node.append(...story(tale));
      if (kind === "plan" && told.claims[claim]) node.append(sources([told.claims[claim][3]]));
      return [node, counter];
    }

    /** A title that opens the event in the drawer. */
    function opener(id, words) {
      const button = element("button", { type: "button", class: "opener" }, words);
      button.addEventListener("click", () => options.onOpen(id));
      return button;
    }

    function planned(id, claim, event, label) {
      const plan = told.claims[claim];
      const words = [`“${plan ? plan[0] : label}”`];
      if (plan && plan[2]) words.push(`announced ${plan[2]}`);
      if (plan && plan[1] === "held") words.push("and so it was held");
      if (plan && plan[1] === "moved") words.push(`not then; held ${event[6]}`);
      if (plan && plan[1] === "cancelled") words.push("never held");
      if (plan && plan[1] === "missed") words.push("not met");
      const talks = payload.talks.includes(id);
      if (plan && plan[1] === "partly") words.push(talks ? `held ${event[6]}` : "met in part");
      return element("p", { class: "where" }, words.join(" · "));
    }

    function story([outcome, note, people, cited]) {
      const parts = [];
      if (people.length) {
        const list = element("dl", { class: "people" });
        for (const [role, names] of people) {
          list.append(element("dt", {}, payload.roles[role]), element("dd", {}, names));
        }
        parts.push(list);
      }
      if (outcome) parts.push(element("p", { class: "outcome" }, outcome));
      if (note) parts.push(element("p", { class: "note" }, note));
      parts.push(sources(cited));
      return parts;
    }

    /** Sources as links: four, then the rest on demand. */
    function sources(positions) {
      const list = element("p", { class: "sources" });
      const links = positions.map(function (position) {
        const [publisher, url, issued] = told.sources[position];
        const words = publisher + (issued ? `, ${issued.slice(0, 4)}` : "");
        if (!/^https?:/.test(url)) return element("span", {}, words);
        return element("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, words);
      });
      list.append(...links.slice(0, MOST_SOURCES));
      if (links.length > MOST_SOURCES) {
        const more = element("button", { type: "button", class: "more" }, `${links.length - MOST_SOURCES} more`);
        more.addEventListener("click", () => more.replaceWith(...links.slice(MOST_SOURCES)));
        list.append(more);
      }
      return list;
    }

    function lineCard(row) {
      const [kind, id, status] = row;
      const event = payload.events[id];
      const counter = element("span", { class: "counter" });
      const second = [event[6], kind === "regime" && !event[7] ? "no single place" : event[7]].filter(Boolean).join(" · ");
      const tale = told.events[id];
      const count = tale ? `${tale[3].length} source${tale[3].length === 1 ? "" : "s"}` : "";
      const summary = element("summary", {}, swatch(kind, status), element("b", {}, event[2]), counter, element("span", { class: "second" }, second), element("span", { class: "cited" }, count));
      const node = element("details", { class: "line", "data-track": event[0], "data-event": id, "data-status": status }, summary);
      if (tale) node.append(...story(tale));
      node.append(element("p", { class: "more-of" }, opener(id, "All about it")));
      return [node, counter];
    }

    function postsRow(positions) {
      const posts = positions.map((position) => [payload.cards[position][1], payload.events[payload.cards[position][1]]]);
      const list = element("ul", {}, ...posts.map(([id, event]) => element("li", {}, opener(id, event[2]), `, ${event[6]}`)));
      const title = `${posts.length} Turkish observation post${posts.length === 1 ? "" : "s"}`;
      const summary = element("summary", {}, swatch("post", ""), element("b", {}, title), element("span", { class: "counter" }), element("span", { class: "second" }, "around the Idlib area"), element("span", { class: "cited" }, ""));
      return element("details", { class: "line", "data-track": "zone" }, summary, list);
    }

    const swatch = (kind, status) => element("span", { class: "swatch", "data-swatch": kind, "data-status": status.replace(" ", "-"), "aria-hidden": "true" });

    /** Follow a new selection: what stands in the panel is built anew. */
    function choose() {
      built = null;
    }

    /** Bring an event's card into view and mark it. */
    function open(id) {
      const node = body.querySelector(`[data-event="${CSS.escape(id)}"]`);
      if (!node) return false;
      for (const other of body.querySelectorAll(".opened")) other.classList.remove("opened");
      if (node.tagName === "DETAILS") node.open = true;
      node.classList.add("opened");
      ns.reveal(node);
      (node.tagName === "DETAILS" ? node.firstChild : node).focus({ preventScroll: true });
      return true;
    }

    return { head: [weekday, heading], sentence, steps, body, show, choose, open };
  };
})();
