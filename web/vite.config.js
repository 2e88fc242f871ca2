import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here("./"),
  base: "./",
  publicDir: false,
  build: {
    outDir: here("../src/gongzhi/desk/static/built"),
    emptyOutDir: true,
    // Not ".vite/": static file collectors skip folders that start with a dot.
    manifest: "manifest.json",
    // A data: URI would need an exception in the content security policy.
    assetsInlineLimit: 0,
    // Offices still run browsers built on Chromium of 2021.
    target: ["chrome94", "firefox102", "safari15"],
    modulePreload: false,
    rollupOptions: {
      // htmx carries an eval that desk.ts switches off and the policy forbids.
      checks: { eval: false, pluginTimings: false },
      input: { desk: here("./src/scripts/desk.ts"), look: here("./src/styles/desk.scss") },
    },
  },
  css: {
    preprocessorOptions: {
      scss: {
        quietDeps: true,
        // Bootstrap 5 is written with the older module syntax.
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      },
    },
  },
});
