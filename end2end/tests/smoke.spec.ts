import { expect, test } from "../fixtures/test.ts";
import { BasePage } from "../pages/base.page.ts";
import { expectAccessible } from "../support/axe.ts";

test("the first page comes from the server, wakes up and has no accessibility violation", async ({
  page,
}) => {
  const first = new BasePage(page);
  await first.open("/");
  await expect(first.title).toBeVisible();
  await expectAccessible(page);
});

test("the client's files are served under hashed names, compressed, to be kept for good", async ({
  page,
}) => {
  const responses = new Map<string, Record<string, string>>();
  page.on("response", async (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith("/pkg/")) responses.set(path, await response.allHeaders());
  });
  await new BasePage(page).open("/");
  for (const kind of ["js", "wasm", "css"]) {
    const name = new RegExp(`^/pkg/delega\\.[0-9a-f]{16}\\.${kind}$`);
    const [path] = [...responses.keys()].filter((path) => name.test(path));
    expect(path, kind).toBeDefined();
    expect(responses.get(path)).toMatchObject({
      "cache-control": expect.stringContaining("immutable"),
      "content-encoding": expect.stringMatching(/br|gzip/),
    });
  }
});
