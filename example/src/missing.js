/** A request needs a store that this environment does not name. Only in development: on a cluster, all are named. */
export class MissingStore extends Error {}

/** In place of a store: an object whose methods all reject, saying which variable would bring the store. */
export function missing({ store, variable }, methods) {
  const reject = async () => {
    throw new MissingStore(`there is no ${store} here; set ${variable} in .env (see .env.example)`);
  };
  return Object.fromEntries(methods.map((name) => [name, reject]));
}
