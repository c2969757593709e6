// Bookmarked days: kept in the link alone, listed in the Present panel, and presented.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});
  const dash = (window.dash_clientside = window.dash_clientside || {});
  const element = (...parts) => ns.element(...parts);
  const MOST = 60;
  // What a presentation of bookmarks takes over from the view beside its days.
  const KINDS = ["set", "frame", "days"];

  /**
   * Put the bookmarks of the dashboard into the head of the day.
   * @param {object} options view, writeAddress(deliberate), showPanel(name)
   * @returns {object} get() the days, set(days) from a link, toggle() the day shown
   */
  ns.mountBookmarks = function ({ view, writeAddress, showPanel }) {
    let marks = [];
    const words = (date) => ns.longDate(view.lookups.date(view.lookups.day(date)));
    const toggler = element("button", { type: "button", class: "bookmark", "aria-pressed": "false" });
    const opener = element("button", { type: "button", class: "plain bookmarks" });
    toggler.addEventListener("click", toggle);
    opener.addEventListener("click", () => showPanel("present"));
    document.querySelector(".day-head").after(element("div", { class: "bookmark-tools" }, opener, toggler));
    for (const what of ["change", "chosen", "rest"]) view.on(what, show);
    show();

    function toggle() {
      const { date } = view.get();
      const there = marks.includes(date);
      if (!there && marks.length >= MOST) return void ns.say(`There are ${MOST} bookmarks, which is as many as a link holds. Remove one first.`);
      keep(there ? marks.filter((mark) => mark !== date) : [...marks, date]);
      ns.say(there ? `${words(date)} is no longer bookmarked.` : `${words(date)} is bookmarked; ${marks.length} in all.`);
    }

    /** Change the bookmarks; Back undoes it. */
    function keep(changed) {
      marks = changed;
      writeAddress(true);
      show();
    }

    function show() {
      const there = marks.includes(view.get().date);
      toggler.setAttribute("aria-pressed", String(there));
      toggler.setAttribute("aria-label", there ? "Remove the bookmark of this day" : "Bookmark this day");
      toggler.title = `${toggler.getAttribute("aria-label")} (M)`;
      opener.hidden = !marks.length;
      opener.replaceChildren(String(marks.length), element("span", {}, marks.length === 1 ? " bookmark" : " bookmarks"));
      list();
    }

    /** The list in the panel, where it is open. */
    function list() {
      const place = document.querySelector(".present-marks");
      if (!place) return;
      const theme = view.get().theme;
      for (const link of document.querySelectorAll(".present-tour .present-go")) {
        const asked = new URLSearchParams(link.search);
        link.search = view.links.write({ theme, present: asked.get("present") });
      }
      const told = JSON.stringify([marks, address()]);
      if (place.dataset.told === told) return;
      const focused = place.contains(document.activeElement) ? document.activeElement.dataset.act : "";
      place.dataset.told = told;
      place.replaceChildren(...(marks.length ? [element("ol", {}, ...marks.map(row)), acts()] : [element("p", { class: "present-told" }, "No day is bookmarked. Press M, or the ribbon beside the date, on each day that is to be a step.")]));
      const again = [...place.querySelectorAll("[data-act]")].find((node) => node.dataset.act === focused && !node.disabled);
      if (focused) (again || place.querySelector("button, a") || document.getElementById("panel")).focus();
    }

    function row(date, at) {
      const go = element("button", { type: "button", class: "plain present-day" }, words(date));
      go.addEventListener("click", () => view.set({ date }));
      const press = (name, label, act, off) => {
        const made = element("button", { type: "button", class: "plain", "aria-label": `${label} ${words(date)}`, title: label, "data-act": `${label} ${date}`, disabled: off ? "" : null }, name);
        made.addEventListener("click", act);
        return made;
      };
      const moved = (by) => () => keep(marks.map((mark, place) => (place === at ? marks[at + by] : place === at + by ? date : mark)));
      return element("li", {}, go, press("↑", "Earlier:", moved(-1), at === 0), press("↓", "Later:", moved(1), at === marks.length - 1), press("×", "Remove", () => keep(marks.filter((mark) => mark !== date))));
    }

    /** The link of the presentation: each day with the selection and the frames of now. */
    function address() {
      const shown = view.get();
      const kept = view.links.keys.filter(([, kind]) => KINDS.includes(kind)).map(([key]) => [key, shown[key]]);
      return `?${view.links.write({ ...Object.fromEntries(kept), theme: shown.theme, marks, present: "marks" })}`;
    }

    function acts() {
      const words_ = `Present ${marks.length === 1 ? "this day" : `these ${marks.length} days`}`;
      return element("div", { class: "present-acts" }, element("a", { class: "present-go", href: address() }, words_));
    }

    document.getElementById("panel").addEventListener("click", function (event) {
      const button = event.target.closest("[data-order]");
      if (!button) return;
      ns.orderExport(Object.fromEntries(new URLSearchParams(button.dataset.order)));
      showPanel("export");
    });
    ns.listBookmarks = list;

    return {
      get: () => marks,
      set: function (wanted) {
        marks = wanted;
        show();
      },
      toggle,
    };
  };

  dash.geoAstanaPresenting = {
    mount: function () {
      if (ns.listBookmarks) ns.listBookmarks();
      return dash.no_update;
    },
  };
})();
