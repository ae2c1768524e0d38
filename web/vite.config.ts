// One page per build, its folder named by --mode: web/graphiql becomes web/dist/graphiql, served at /graphiql.
import optimizeLocales from "@react-aria/optimize-locales-plugin";
import { defineConfig } from "vite";

export default defineConfig(({ mode: page }) => ({
  root: page,
  base: `/${page}/`,
  publicDir: false,
  // React Aria has its own words in thirty languages; the page speaks one.
  plugins: [optimizeLocales.vite({ locales: ["en-US"] })],
  build: {
    outDir: `../dist/${page}`,
    emptyOutDir: true,
    target: "es2022",
    // The policy of the page allows files of our own origin, so nothing is folded into data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The code editor is one large piece, and loads once.
    chunkSizeWarningLimit: 8000,
    rolldownOptions: {
      // "use client" is a word to server-side frameworks, of which there is none here.
      onLog: (level, log, print) => {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") print(level, log);
      },
    },
  },
  worker: { format: "es" },
}));
