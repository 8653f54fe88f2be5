import { prod } from "./prod";
import type { Shape } from "./shape";

/** prod's shape on the local cloud. */
export const local: Shape = { ...prod, protect: false };
