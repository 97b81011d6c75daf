// What a rule about mark-up cannot see: controls that are off the screen, too small, covered;
// text that is cut off; a page that scrolls sideways.
(leastPixels) => {
  const CONTROLS = `a[href], button, input:not([type=hidden]), select, textarea, summary,
    [role=button], [role=link], [role=tab], [role=menuitem], [role=option], [role=switch],
    [role=checkbox], [role=radio], [tabindex]:not([tabindex="-1"])`;
  const problems = [];
  const view = window.visualViewport;
  const scrolled = [];

  const named = (element) => {
    const words = element.getAttribute("aria-label") || element.textContent || element.value || "";
    const role = element.getAttribute("role") || element.tagName.toLowerCase();
    return `${role} "${words.trim().replace(/\s+/g, " ").slice(0, 40)}"` +
      (element.className ? ` .${String(element.className).trim().split(/\s+/).join(".")}` : "");
  };
  const found = (what, element, detail = "") => problems.push(
    [what, named(element), detail].filter(Boolean).join(": "));
  const shown = (element) =>
    element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
    !element.closest("[inert]");
  // Text for screen readers alone is clipped to a point.
  const isPoint = (box) => box.width <= 1 || box.height <= 1;
  const ancestors = function* (element) {
    for (let one = element.parentElement; one; one = one.parentElement) yield one;
  };
  const boxOf = (element) => {
    const label = element.labels?.[0];
    const own = element.getClientRects()[0] ?? element.getBoundingClientRect();
    if (!label || !label.contains(element)) return own;
    return label.getBoundingClientRect();
  };
  const isInside = (box) =>
    box.left >= view.offsetLeft - 1 && box.top >= view.offsetTop - 1 &&
    box.right <= view.offsetLeft + view.width + 1 &&
    box.bottom <= view.offsetTop + view.height + 1;
  const bring = (element) => {
    for (const one of ancestors(element)) {
      if (!scrolled.some(([known]) => known === one)) {
        scrolled.push([one, one.scrollTop, one.scrollLeft]);
      }
    }
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
  };

  const size = (box) => `${box.width.toFixed(1)} x ${box.height.toFixed(1)}`;
  const fits = (box) => isInside(box) || box.width > view.width || box.height > view.height;
  const topAt = (box) => document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 0), view.width - 1),
    Math.min(Math.max(box.top + box.height / 2, 0), view.height - 1));
  const isReached = (element) => {
    const top = topAt(boxOf(element));
    return !!top && (element.contains(top) || top.closest("label")?.control === element);
  };

  const checkControl = (element) => {
    if (element.disabled || element.getAttribute("aria-disabled") === "true") return;
    if (!shown(element) || isPoint(boxOf(element))) return;
    if (!fits(boxOf(element)) || !isReached(element)) bring(element);
    let box = boxOf(element);
    if (!fits(box)) {
      // It may appear when the keyboard comes to it.
      element.focus({ preventScroll: true });
      box = boxOf(element);
      const isHere = fits(box);
      element.blur();
      if (isHere) return;
      found("cannot be brought into view", element,
        `${Math.round(box.left)},${Math.round(box.top)}, ${size(box)}`);
      return;
    }
    const own = element.getBoundingClientRect();
    const isInText = getComputedStyle(element).display === "inline";
    const least = Math.max(Math.min(box.width, box.height), Math.min(own.width, own.height));
    if (!isInText && least < leastPixels) found("too small", element, size(own));
    if (!isReached(element)) found("covered", element, `by ${named(topAt(box) ?? document.body)}`);
    const holdsWords = element.matches("button, a, [role=tab], [role=menuitem]") && !isInText;
    if (holdsWords && element.scrollWidth > element.clientWidth + 1 && !isMeant(element)) {
      found("text outgrows its control", element,
        `${element.scrollWidth} in ${element.clientWidth}`);
    }
  };

  // Cut off on purpose, with a sign that it is.
  const isMeant = (element) => {
    const style = getComputedStyle(element);
    return style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none" ||
      [...element.children].some((child) => getComputedStyle(child).textOverflow === "ellipsis");
  };
  const hasWords = (element) => [...element.childNodes].some(
    (node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  const checkText = (element) => {
    if (!hasWords(element) || !shown(element)) return;
    const box = element.getBoundingClientRect();
    if (isPoint(box) || element.matches("option, script, style, title")) return;
    const style = getComputedStyle(element);
    const hides = (axis) => /hidden|clip/.test(style[`overflow${axis}`]);
    if (hides("X") && element.scrollWidth > element.clientWidth + 1 && !isMeant(element)) {
      found("text is cut off", element, `${element.scrollWidth} in ${element.clientWidth}`);
    }
    if (hides("Y") && element.scrollHeight > element.clientHeight + 3 && !isMeant(element)) {
      found("lines are cut off", element, `${element.scrollHeight} in ${element.clientHeight}`);
    }
    const isOff = box.right > view.width + 1 || box.left < -1;
    const isCarried = [...ancestors(element)].some((one) =>
      one !== document.documentElement && one !== document.body &&
      /auto|scroll|hidden|clip/.test(getComputedStyle(one).overflowX));
    if (isOff && !isCarried) {
      found("text is off the screen", element, `ends at ${Math.round(box.right)}`);
    }
  };

  const page = document.scrollingElement;
  if (page.scrollWidth > window.innerWidth) {
    problems.push(`the page scrolls sideways: ${page.scrollWidth} in ${window.innerWidth}`);
  }
  const focused = document.activeElement;
  // Nothing else can be reached while a dialog is open.
  const reach = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document.body;
  reach.querySelectorAll("*").forEach(checkText);
  reach.querySelectorAll(CONTROLS).forEach(checkControl);
  if (document.activeElement !== focused) focused.focus({ preventScroll: true });
  for (const [element, top, left] of scrolled.reverse()) {
    element.scrollTop = top;
    element.scrollLeft = left;
  }
  return [...new Set(problems)];
}
