import type { Shape } from "./shape";

export const prod: Shape = {
  nodes: [{ name: "ash" }, { name: "birch" }, { name: "cedar" }],
  nominated: "ash",
  protect: true,
};
