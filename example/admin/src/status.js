/** The page's head: who answers, and whether there is a release newer than the one this page began with. */
export function showStatus(document, state, reload) {
  const live = document.querySelector("#live");
  const news = document.querySelector("#news");
  news.querySelector("button").addEventListener("click", reload);
  state.watch(({ online, who, firstRelease }) => {
    live.textContent = online && who ? `live from ${who.node}, worker ${who.worker}` : "not connected; trying again";
    news.hidden = who === undefined || who.release === firstRelease;
  });
}
