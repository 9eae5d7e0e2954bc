// Copies what the pages need from the installed packages into ../static, with each licence beside it.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";

const packages = "node_modules", target = "../static";
const fonts = `${packages}/@fontsource-variable/public-sans`, frontend = `${packages}/govuk-frontend`;
for (const folder of ["fonts", "js", "css"]) mkdirSync(`${target}/${folder}`, { recursive: true });
for (const subset of ["latin", "latin-ext"])
  copyFileSync(`${fonts}/files/public-sans-${subset}-wght-normal.woff2`, `${target}/fonts/public-sans-${subset}.woff2`);
copyFileSync(`${fonts}/LICENSE`, `${target}/fonts/OFL.txt`);
// Without the line that points to a source map which is not shipped.
const script = readFileSync(`${frontend}/dist/govuk/govuk-frontend.min.js`, "utf8");
writeFileSync(`${target}/js/govuk-frontend.min.js`, script.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
