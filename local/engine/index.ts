export { ensureEngine, type Engine } from "./build";
export { engineEnvironment } from "./environment";
export { installPlugins, type InstalledPlugin } from "./plugins";
