import type { Books } from "./books";
import type { Upkeep } from "./upkeep";

/** What every endpoint works on. */
export interface Cloud {
  books: Books;
  upkeep: Upkeep;
}
