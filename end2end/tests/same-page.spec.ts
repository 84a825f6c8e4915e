// The server renders on several threads. A page that goes out differently from one request
// to the next is one that the browser will now and then not recognise as its own.

import { expect, test } from "../fixtures/test.ts";
import { enterDemo } from "../support/school.ts";

/** What may differ between two answers: nonces, the session, the answers' own data. */
const bare = (html: string) =>
  html
    .replace(/ (nonce|crossorigin)="[^"]*"/g, "")
    .replace(/<meta name="delega-sessione"[^>]*>/, "")
    .replace(/<script[\s\S]*?<\/script>/g, "");

test("asked many times at once, every page is the same each time", async ({ page }) => {
  await enterDemo(page);
  for (const path of ["/utenti?pagina=99&righe=10", "/utenti/nuovo", "/operazioni", "/posta", "/importa"]) {
    const seen = new Map<string, string>();
    for (let round = 0; round < 4; round++) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => page.request.get(path)));
      for (const answer of answers) seen.set(bare(await answer.text()), "");
    }
    expect(seen.size, `different pages at ${path}`).toBe(1);
  }
});
