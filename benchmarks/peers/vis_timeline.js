// The record in vis-timeline, a group a track. It has no map; to show what holds on a day
// its window is that day.
(async function () {
  "use strict";
  const DAY_MS = 86400000;
  const record = await (await fetch("record.json")).json();
  const told = record.features.map((feature) => feature.properties);
  const groups = [...new Set(told.map((item) => item.track))];
  const timeline = new window.vis.Timeline(
    document.getElementById("timeline"),
    told.map((item) => ({
      id: item.id,
      group: item.track,
      content: item.title,
      type: "range",
      start: Date.parse(item.first),
      end: Date.parse(item.last) + DAY_MS,
    })),
    groups.map((group) => ({ id: group, content: group })),
    { ...dayWindow(Date.parse(record.opens)), dataAttributes: ["id"] },
  );

  function dayWindow(start) {
    return { start: start + 1, end: start + DAY_MS - 1 };
  }

  window.peer = {
    /** It draws later; the promise is kept once it says that it has. */
    step: function (day) {
      const { start, end } = dayWindow(Date.parse(record.first) + day * DAY_MS);
      if (timeline.getWindow().start.valueOf() === start) return undefined;
      const drawing = new Promise((done) => timeline.once("changed", done));
      timeline.setWindow(start, end, { animation: false });
      return drawing;
    },
    /** The items inside the window: it draws others a quarter of it beyond. */
    drawn: function () {
      const { left, right } = document.querySelector(".vis-panel.vis-center").getBoundingClientRect();
      const inside = function (node) {
        const box = node.getBoundingClientRect();
        return box.right > left + 1 && box.left < right - 1;
      };
      return [...document.querySelectorAll(".vis-foreground .vis-item")].filter(inside).map((node) => node.dataset.id);
    },
  };
})();
