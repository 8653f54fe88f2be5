import { realpathSync } from "node:fs";
import process from "node:process";
import { serve } from "./serve.js";
import { settingsOrExit } from "./settings.js";

serve(settingsOrExit(process.env, realpathSync(process.cwd())));
