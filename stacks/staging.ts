import { prod } from "./prod";
import type { Shape } from "./shape";

/** A replica of prod's shape that may be thrown away. */
export const staging: Shape = { ...prod, protect: false };
