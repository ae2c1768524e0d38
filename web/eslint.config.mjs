// What tsc does not see: promises nobody waits for, and the rules of React's hooks.
import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  // Written by the build.
  globalIgnores(["dist", "page/types.ts"]),
  { files: ["**/*.{ts,tsx}"], extends: [js.configs.recommended, tseslint.configs.strictTypeChecked] },
  { files: ["**/*.tsx", "page/use-*.ts"], extends: [hooks.configs.flat.recommended] },
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // `onPress={() => go(...)}` and `${number}` read well, and are what they look like.
      "@typescript-eslint/no-confusing-void-expression": "off",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: false }],
      // There is a root in index.html, and it is ours.
      "@typescript-eslint/no-non-null-assertion": "off",
      // What happens at a press may wait: whoever begins it does not.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
    },
  },
);
