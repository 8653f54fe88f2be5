/** What all views share. `watch` calls at once and after every change, until the function that it returns is called. */
export function createState(initial) {
  const watchers = new Set();
  let state = initial;
  return {
    get: () => state,
    set(change) {
      state = { ...state, ...change };
      for (const watcher of watchers) watcher(state);
    },
    watch(watcher) {
      watchers.add(watcher);
      watcher(state);
      return () => watchers.delete(watcher);
    },
  };
}
