// Jumps to a moment of a video without leaving the page, and says when a file cannot be shown. Without this file, the
// same links open the video there.
"use strict";

if (!window.portailLecture) {
  window.portailLecture = true; // A page that shows several files may load this one several times.
  const videoFor = (element) => (element.closest(".ps-viewer") ?? document).querySelector("video");

  const go = (video, seconds) => {
    video.currentTime = seconds;
    video.play().catch(() => {}); // A browser may refuse to play by itself: it stands at the moment all the same.
    video.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-moment]");
    const video = link && videoFor(link);
    if (!video || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(video, Number(link.dataset.moment));
  });

  // A file that this browser cannot show says so in words, under it.
  const sayFailed = (shown) => {
    const sentence = (shown.closest(".ps-viewer") ?? document).querySelector("[data-player-failed]");
    if (sentence) sentence.hidden = false;
  };
  document.addEventListener("error", (event) => {
    if (event.target.matches?.(".ps-viewer video, .ps-viewer-image img")) sayFailed(event.target);
  }, true);
  for (const video of document.querySelectorAll(".ps-viewer video")) if (video.error) sayFailed(video);
  for (const image of document.querySelectorAll(".ps-viewer-image img")) {
    if (image.complete && image.src && !image.naturalWidth && image.loading !== "lazy") sayFailed(image);
  }

  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector("[data-moment-typed]");
    const parts = field?.value.trim().split(":").map(Number) ?? [];
    const video = document.querySelector("video");
    if (!field || !video || !field.value.trim() || parts.some((part) => !(part >= 0))) return;
    event.preventDefault();
    go(video, parts.reduce((total, part) => total * 60 + part, 0));
  });
}
