// Two windows of one presentation kept in step: what one does, the other shows.
(function () {
  "use strict";
  const ns = (window.geoAstana = window.geoAstana || {});

  /**
   * Share a state with the other windows of a presentation. The newest state holds: the
   * one that was changed most often, or of two such the one of the greater sender.
   * @param {string} name of the presentation, which no other has
   * @param {object} state to begin with, of plain values; `turn` counts its changes
   * @param {function} onState called with a newer state of another window
   * @param {function} onPresence called whenever another window is heard
   * @returns {object} state(), change(values), ask() who else is there, open(address)
   */
  ns.mountWire = function (name, state, onState, onPresence) {
    const own = Math.random();
    // There every page is of an origin of its own, which has no name.
    const onDisk = window.location.protocol === "file:";
    let now = { ...state, turn: 0, by: own };
    // Pages of a disk hear no channel in some browsers: they speak to each other's window.
    const channel = window.BroadcastChannel ? new BroadcastChannel(name) : null;
    let other = window.opener;
    if (channel) channel.addEventListener("message", (event) => hear(event.data));
    window.addEventListener("message", onMessage);

    function onMessage(event) {
      if (!onDisk && event.origin !== window.location.origin) return;
      if (!event.source || event.source === window || !event.data || event.data.presentation !== name) return;
      other = event.source;
      hear(event.data);
    }

    function hear({ presentation, from, state: theirs, asks }) {
      if (presentation !== name || from === own || !isState(theirs)) return;
      onPresence();
      const newer = theirs.turn > now.turn || (theirs.turn === now.turn && theirs.turn && theirs.by > now.by);
      if (newer) onState((now = theirs));
      if (asks) tell(false);
    }

    const isState = (found) => Boolean(found) && Object.keys(now).every((key) => typeof found[key] === typeof now[key]);

    function tell(asks) {
      const words = { presentation: name, from: own, state: now, asks };
      if (channel) channel.postMessage(words);
      if (other && !other.closed) other.postMessage(words, onDisk ? "*" : window.location.origin);
    }

    return {
      state: () => now,
      change: function (values) {
        now = { ...now, ...values, turn: now.turn + 1, by: own };
        tell(false);
        onState(now);
      },
      ask: () => tell(true),
      /** Open another window of it; false where the browser refuses. */
      open: function (address, features) {
        const opened = window.open(address, `${name} notes`, features);
        if (opened) other = opened;
        return Boolean(opened);
      },
    };
  };
})();
