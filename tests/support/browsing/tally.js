// What somebody does in a page, counted by the page's own events, whatever script did it.
(() => {
  const tally = { clicks: 0, keys: 0, texts: 0 };
  const MODIFIERS = new Set(["Shift", "Control", "Alt", "Meta"]);
  let written = null;
  const isWriting = (target) =>
    target instanceof HTMLElement && target.matches("textarea, input:not([type=radio], [type=checkbox])");

  addEventListener("pointerdown", () => {
    tally.clicks += 1;
    written = null;
  }, true);
  addEventListener("keydown", (event) => {
    const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && isWriting(event.target);
    if (isLetter || MODIFIERS.has(event.key)) return;
    tally.keys += 1;
    written = null;
  }, true);
  addEventListener("input", (event) => {
    if (!isWriting(event.target) || event.target === written) return;
    tally.texts += 1;
    written = event.target;
  }, true);
  window.tally = tally;
})();
