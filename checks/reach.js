// What of a page cannot be seen, reached or pressed: questions put to a browser, each answered with a list of faults.
// A fault names the element and the beginning of its words. checks/reach.py asks them.
"use strict";

// What is drawn; `seen` leaves out what only a screen reader gets.
const own = (one, says) => one && (says(getComputedStyle(one)) || own(one.parentElement, says));
const hidden = (one) => own(one, (style) => style.clipPath.startsWith("inset(50%") || style.visibility === "hidden");
const scrolls = (one) => own(one, (style) => /auto|scroll/.test(style.overflowX));
const drawn = (one) => one.checkVisibility({ contentVisibilityAuto: true }) && one.getClientRects().length;
const seen = (one) => !one.closest("svg") && drawn(one) && !hidden(one);
const told = (one) => {
  const words = one.getAttribute("aria-label") || one.textContent || one.getAttribute("name") || "";
  return `${one.tagName.toLowerCase()}.${one.classList[0] ?? ""} ${words.trim().replace(/\s+/g, " ").slice(0, 60)}`;
};
// A card that is pressed whole shows the focus of its link.
const shown = (one) => [one, one.closest(".ps-card-link") ?? one].some((drawn) => {
  const style = getComputedStyle(drawn);
  return style.outlineStyle !== "none" || (drawn === one && style.boxShadow !== "none");
});

const reach = {
  // What stands beyond its frame or the edge of the screen, where nothing scrolls to it.
  cut() {
    const band = (style) => style.clipPath !== "none";
    const edge = (one) => {
      const frame = one.parentElement.closest("tr, .ps-card, .ps-sheet, .ps-form, main");
      return Math.min(document.documentElement.clientWidth, frame.getBoundingClientRect().right) + 1;
    };
    return [...document.querySelectorAll("main *")]
      .filter((one) => seen(one) && !scrolls(one) && !own(one, band))
      .filter((one) => one.getBoundingClientRect().width && one.getBoundingClientRect().right > edge(one))
      .map((one) => told(one));
  },

  // What the page hides of its own words: a box that clips, or ends them with an ellipsis.
  clipped() {
    const clips = (style) => /hidden|clip/.test(`${style.overflowX} ${style.overflowY}`);
    return [...document.querySelectorAll("body *")]
      .filter((one) => seen(one) && !/IMG|VIDEO|PROGRESS|INPUT|SELECT/.test(one.tagName) && clips(getComputedStyle(one)))
      .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
      .map((one) => told(one));
  },

  // A page wider than its screen: whoever reads it scrolls both ways.
  tooWide() {
    const root = document.documentElement;
    return root.scrollWidth > root.clientWidth + 1 ? [`the page is ${root.scrollWidth} px wide`] : [];
  },

  // What scrolls, and takes no focus: a keyboard cannot read its end.
  unreached() {
    const focusable = "a[href], button, input, select, textarea, summary, [tabindex='0'], video[controls]";
    return [...document.querySelectorAll("body *")]
      .filter((one) => seen(one) && /auto|scroll/.test(`${getComputedStyle(one).overflowX} ${getComputedStyle(one).overflowY}`))
      .filter((one) => one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)
      .filter((one) => one.tagName !== "TEXTAREA" && !one.matches(focusable) && !one.querySelector(focusable))
      .map((one) => told(one));
  },

  // What takes the focus outside the screen, under something else, or without showing it.
  unfocused() {
    const all = "a[href], button:not(:disabled), input:not([type=hidden]):not(:disabled), select, textarea, summary";
    const faults = [];
    for (const one of document.querySelectorAll(`${all}, [tabindex='0']`)) {
      if (!drawn(one) || one.tabIndex < 0 || one.closest("dialog:not([open])")) continue;
      one.focus({ focusVisible: true });
      if (document.activeElement !== one) continue;
      const box = one.getClientRects()[0];
      const x = Math.max(box.left, 0) + Math.min(box.width, 20) / 2; // What is taller than the screen is seen in part.
      const y = Math.max(box.top, 0) + Math.min(box.height, 20) / 2;
      const top = document.elementFromPoint(x, y);
      if (box.right < 0 || box.bottom < 0 || x > innerWidth || y > innerHeight) faults.push(`off screen: ${told(one)}`);
      else if (!top || !(one.contains(top) || top.contains(one) || one.labels?.[0]?.contains(top))) {
        faults.push(`under ${top ? told(top) : "nothing"}: ${told(one)}`);
      } else if (!shown(one)) faults.push(`focus unseen: ${told(one)}`);
    }
    document.activeElement?.blur();
    scrollTo(0, 0);
    return faults;
  },

  // What is pressed and smaller than 24 px, unless it stands in a sentence, or has that room around it (WCAG 2.5.8).
  tooSmall() {
    const box = (one) => one.closest("label")?.getBoundingClientRect() ?? one.getBoundingClientRect();
    const pressed = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, summary")].filter(seen);
    const small = (one) => box(one).width < 23.5 || box(one).height < 23.5;
    const inSentence = (one) => {
      const block = one.parentElement.closest("p, li, dd, dt, td, th, legend, label, h1, h2, h3, h4, div");
      return getComputedStyle(one).display === "inline" && block.textContent.trim().length > one.textContent.trim().length + 3;
    };
    const centre = (one) => [box(one).left + box(one).width / 2, box(one).top + box(one).height / 2];
    const far = (one, other) => {
      const [x, y] = centre(one);
      const there = box(other);
      if (small(other)) return Math.hypot(x - centre(other)[0], y - centre(other)[1]) >= 24;
      const [dx, dy] = [Math.max(there.left - x, 0, x - there.right), Math.max(there.top - y, 0, y - there.bottom)];
      return Math.hypot(dx, dy) >= 12;
    };
    return pressed
      .filter((one) => small(one) && !inSentence(one))
      .filter((one) => pressed.some((other) => other !== one && !one.contains(other) && !other.contains(one) && !far(one, other)))
      .map((one) => told(one));
  },

  // On paper: what cannot be pressed there, what stays folded, and white words on the white of the sheet.
  onPaper() {
    // A term is a word of its sentence: paper keeps it, without the dots that say that it opens.
    const word = (one) => one.matches(".ps-term-open") && getComputedStyle(one).borderBottomStyle === "none";
    const buttons = [...document.querySelectorAll("button, .ps-button, .ps-nav a")]
      .filter((one) => seen(one) && !word(one));
    const folded = [...document.querySelectorAll("main details:not([open]) > :not(summary)")]
      .filter((one) => !one.getClientRects().length || !one.checkVisibility({ contentVisibilityAuto: true }))
      .filter((one) => !one.querySelector("form") && one.textContent.trim());
    const pale = [...document.querySelectorAll("main h1, main h2, main p")]
      .filter((one) => seen(one) && getComputedStyle(one).color === "rgb(255, 255, 255)")
      .filter((one) => !own(one, (style) => style.printColorAdjust === "exact"));
    return [
      ...buttons.map((one) => `a button: ${told(one)}`),
      ...folded.map((one) => `folded: ${told(one)}`),
      ...pale.map((one) => `white on white: ${told(one)}`),
    ];
  },
};
